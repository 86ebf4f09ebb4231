/** Doctors, patients and animals that get well. */
export const medicine = `
topic medicine
orgs Hospital Clinic Institute Pharmacy
props remedy furniture device document clothing
sights building bird
places hospital clinic pharmacy park
script cure
A person doctor/nurse/physician
P person patient/visitor/student
I thing cough/fever/rash/headache/infection
V the temperature/pulse
T thing thermometer
R things pill/tablet/lozenge
B thing bed/sofa
- P visit/call A <P weak/ill/sick
- A examine/question P
- A measure/record V with:T <P hot/pale
* A discover/diagnose I
- A prescribe/choose R for:P
- P swallow/take R <I serious
- P rest/sleep in:B
* P recover ~quickly/slowly/well
- A discharge/dismiss P
script fracture
A person surgeon/doctor
P person climber/skier/cyclist/boy
L thing arm/leg/wrist/ankle
N person nurse/assistant
X thing photograph/picture
B thing bandage/splint
C things crutch/stick
* P break/injure L <path icy/steep
- N carry/bring P to:W
- A examine/touch L <L swollen/sore
- A take/study X
- A set/straighten L <L crooked
- N wrap/fix L with:B
- P use/borrow C <L weak/stiff
* L heal ~slowly/well
W place ward/clinic/surgery
script vet
A person vet
O person farmer/boy/widow/neighbour
D thing dog/cat/horse/rabbit/donkey
W thing wound/burn/bruise
M mass medicine/ointment
C thing bandage
- O bring/carry D to:S <D lame/sick
- A calm/stroke D <D nervous/afraid
- A clean/wash W <W dirty/deep
- A put/spread M on:W
- A cover/wrap W with:C
- D rest/sleep ~quietly/well
- O pay/thank A <D healthy/better
S place surgery/clinic
script vaccine
A person nurse/doctor
C people child/pupil/worker
S place school/village/factory
V thing vaccine
L thing list/letter
N thing needle/syringe
P thing plaster/bandage
- A write/prepare L
- A visit/reach S ~early
- C form/join Q
- A explain V to:C <C nervous/curious
- A clean/prepare N
- A vaccinate C <C ready/calm
- A give P to:C <C brave
- C return/walk to:H
Q thing line/queue
H place classroom/hall/office
script pharmacy
A person pharmacist/chemist
P person patient/pensioner/mother
R thing prescription/note
S things pill/tablet/drop
B thing bottle/box
L thing label
- P hand/give R to:A
- A read/check R <R unclear/long
- A find/choose S in:C
- A count/weigh S
- A fill B with:S
- A write/stick L on:B
- A explain/describe S to:P <P worried/unsure
- P pay/thank A
C place storeroom/cellar
`;
