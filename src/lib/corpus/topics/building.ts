/** Houses, bridges, repairs. */
export const building = `
topic building
orgs Workshop Company Brickworks Union
props tool part container furniture
sights building vehicle tree
places yard site bridge factory
script house
A person builder/mason/carpenter
P the plan
G the ground/site
F the foundation
B things brick/block/stone
W things wall
R the roof
D things door/window
O person owner/tenant/widow
- A study/measure P
- A clear/level G <G rough/stony
- A dig/pour F <ground soft/dry
- A deliver/stack B
- A build/raise W with:B
- A cover/finish R <rain near/heavy
- A fit/hang D
- A paint W <W dry
- O inspect/admire H
H the house/cottage
script bridge
A people engineer/worker
R the river/ravine
D things drawing/model
P things pillar/post
B things beam/plank
K things bolt/nail
T thing truck/train
M person mayor/minister
- A measure/cross R
- A draw/compare D
- A sink/build P <R shallow/calm
- A lift/carry B <B heavy
- A fix/join B with:K
- A paint/clean R2
- A test R2 with:T
- M open/praise R2 <R2 safe/ready
R2 the bridge
script furniture
A person carpenter/joiner
C person customer/teacher/neighbour
T thing table/chair/bench/cupboard/desk/shelf
W mass oak/pine/walnut/timber
B things board/plank
S things screw/nail
V mass varnish/paint
- C order/describe T
- A choose/buy W <price low/fair
- A measure/mark B
- A saw/cut B <saw sharp
- A sand/smooth B <B rough
- A join/fix B with:S
- A brush T with:V
- A deliver/bring T to:C <T ready
- C pay/thank A
script pipes
A person plumber/mechanic
O person tenant/owner/cook
P thing pipe/pump/valve
W mass water
F the floor/cellar
T thing wrench/saw
N thing ring/pipe/part
* O notice/find L <F wet
- O call/phone A
- A inspect/search F
- A turn_off/stop W
- A remove/unscrew P with:T <P rusty/broken
- A fit/install N
- A test/check S
- O dry/clean F
- O pay/thank A
L thing leak
S the system/boiler
script wall
A person painter/decorator
R thing room/hall/kitchen
F mass furniture
C things crack/hole
P mass plaster
B thing brush/roller
K mass paint
O person owner/tenant
- O choose K ~carefully
- A empty/enter R
- A cover/move F
- A fill C with:P <C deep
- A sand/wash W <W rough/dirty
- A stir/open K
- A dip B into:K
- A paint W ~evenly/quickly <W dry
- O admire/inspect R
W the wall
`;
