/** Thefts, trials and contracts. */
export const justice = `
topic justice
orgs Court Bank Office Council
props document jewel furniture clothing
sights building vehicle pet
places court bank prison station
script theft
A person detective/inspector/policeman
T person thief/burglar
J thing necklace/ring/crown/painting/watch
O person widow/banker/merchant/duchess
W place house/museum/hotel
C things clue/footprint/glove
L the judge
P place prison/jail
- T enter W ~secretly/quietly <window open
- T steal/take J
- O call/alert A <O angry/afraid
- A question/interview O
- A find/follow C
- A arrest/catch T <+clue clear
- A return J to:O
- L sentence/question T <evidence clear/strong
- T leave W2 ~slowly
W2 the courtroom
script trial
A person lawyer/attorney
C person client/baker/driver
L person judge
W person witness/neighbour
D things document/letter/photograph
J the jury
V the verdict
- C hire/visit A <C innocent/worried
- A study/collect D
- L open/begin T
- A question W ~calmly/politely
- A show/present D to:J <D important
- J discuss/consider C2
- J reach/announce V
- L free/release C <C innocent
- C thank/hug A
T the trial/case
C2 the case
script contract
A person lawyer/notary
S person seller/farmer/merchant
B person buyer/trader/widow
H thing house/farm/shop/field
P the price
C the contract
M mass money
- B inspect/visit H
- S name/suggest P <H old/large
- B discuss P with:S <P high/low
- A write/draft C
- S read/check C <C long
- B sign C
- B pay/transfer M
- S hand_over K
K the key
script vote
A person mayor/candidate
V people villager/citizen/worker
S thing speech
P things poster
B things ballot/vote
R the result
O place hall/school
- A write/prepare S
- A hang/print P
- A visit/greet V
- A give/deliver S in:O ~loudly/bravely
- V enter/fill O <weather fine/mild
- V cast B
- C count/check B ~twice/carefully
- C announce/publish R <V curious/impatient
- A thank V
C person clerk/secretary
script insurance
A person driver/cyclist/courier
C thing car/bicycle/van
R the road/bridge
T thing tree/wall/fence
P person policeman/officer
F thing form/report
I person inspector/agent
M mass money
- A leave H ~late/quickly
* A hit/damage T <R icy/wet
- P inspect/photograph C
- A fill_in/write F <F long
- A send F to:I
- I examine/value C <C new/old
- I approve F
- A receive M
- A repair/sell C
H the office/garage
`;
