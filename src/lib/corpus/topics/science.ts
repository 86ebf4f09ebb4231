/** Observatories, laboratories, digs. */
export const science = `
topic science
orgs Institute University Laboratory Observatory
props device specimen book container
sights insect wild tree
places laboratory observatory museum university
script star
A person astronomer/scientist/student
T thing telescope
S thing star/comet/planet
D place dome/observatory
P things photograph/picture
N things number/measurement
C person colleague/professor
R thing report/article
- A open/enter D <night clear/dark
- A turn/point T ~slowly/carefully
* A notice/observe S
- A take/save P <S bright/faint
- A write_down/check N
- A show P to:C <C curious
- A compute/predict O
- A write/publish R <result new/clear
- C name/confirm S
O the orbit/distance
script fossil
A people geologist/scientist/digger
M thing map
S place desert/cave/canyon
L things layer/stone
B thing bone/fossil/skull/tooth
T things brush/chisel/trowel
X thing box/crate
H place museum/laboratory
- A study/draw M
- A reach S ~early
- A remove/clear L with:T
* A discover/uncover B
- A clean/measure B <B dusty/fragile
- A photograph/sketch B
- A wrap/pack B in:X
- A send B to:H
- V admire/study B <B old/rare
V people visitor/student
script experiment
A person chemist/biologist/physicist
Q thing question/theory
S things sample/crystal/seed/cell
G things tube/glass/dish
F the flame/burner
V things value/temperature
H person assistant/student
E the experiment
- A ask/consider Q
- A plan/design E <Q important
- H clean/label G
- A put/place S in:G
- A heat/cool S
- H measure/record V ~carefully/hourly
- A repeat/check E <V strange/unclear
- A confirm/reject T
- A explain/present R to:H
T the theory/idea
R the result
script bird
A person biologist/ranger/student
B things swan/stork/heron/eagle/falcon/gull
M place marsh/island/valley/forest
H thing hut/tent
N things nest
R things ring/sensor
L thing list/notebook
- A reach/cross M ~early
- A build/repair H
- A watch/count B ~quietly/patiently
- A find/mark N <N hidden/high
- A catch B ~gently
- A weigh/measure B <B calm
- A attach R
- A release/free B <B healthy
- A publish/finish L
script computer
A person programmer/engineer
P the program
C thing computer/server/robot
E things error/fault
T things test
U people user/client/customer
M thing manual/guide
- A plan/write P
- A install/load P on:C
- A start/run T
- A find/notice E <result strange
- A fix/correct E <E serious/small
- A repeat/pass T
- A write/print M <P complex
- A send/show P to:U
- U test/praise P <P fast/ready
`;
