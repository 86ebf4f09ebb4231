/** Fishing boats, lighthouses and storms. */
export const sea = `
topic sea
orgs Harbour Shipyard Fleet Lighthouse
props boat seafood container clothing
sights landform bird boat
places harbour quay beach pier
script fishing
A person fisherman/captain/sailor
B thing trawler/boat/ketch/schooner
N things net
S mass fuel/ice
F the fish
H place harbour/port
C things crate/box/barrel
M person merchant/cook/trader
- A check/mend N <N torn/old
- A load S ~early
- A leave H <sea calm/quiet
- A cast/lower N ~carefully/slowly
- A watch/follow G <sky clear
- A haul/raise N <N heavy/full
- A sort/clean F
- A pack F into:C
- A steer B to:H <wind strong
- A sell F to:M
G things gull
script storm
A people sailor/fisherman
C person captain
S thing ship/ferry/schooner
W the sail
K things rope/hatch
L the lighthouse
H place harbour/bay
* C notice/watch K2 <sky dark/black
- C warn/wake A
- A lower/fold W <wind strong/wild
- A tie/close K
* S roll/shake ~wildly/heavily <+wave high
- A pump X ~hard/tirelessly
* C see/spot L <fog thin
- A steer S to:H
- A thank/cheer C <A safe/tired
K2 things cloud
X mass water
script lighthouse
A person keeper/guard
T the tower/lighthouse
L the lamp
W the window/lens
O mass oil
S thing ship/ferry
R thing message/report
B the logbook
- A climb/enter T ~slowly
- A clean/polish W <W dirty/salty
- A fill L with:O
- A light L <evening dark/foggy
- A watch/count S2
- A warn S <+rock near/sharp
- A send R to:H
- A write/close B ~carefully
S2 things ship/boat
H place harbour/port
script shipbuilding
A person shipbuilder/carpenter
P things plan/drawing
W mass oak/pine/cedar
K the keel
H the hull
T mass tar/paint
M the mast
S thing ship/yacht/schooner
O person owner/captain/merchant
- A draw/study P
- A order/buy W <W dry/strong
- A lay K
- A build/shape H
- A cover/paint H with:T <H dry
- A raise/fix M <M tall/straight
- A launch/test S <tide high
- O inspect/name S
- O pay A <S ready
script diver
A person diver/biologist/photographer
B thing boat/raft
S thing suit/mask
R place reef/wreck/cave
P things photograph/picture
C thing shell/coin/vase/pearl
M place museum/laboratory
- A rent/hire B
- A put_on S
- A enter/reach W <W clear/calm
- A explore R ~slowly/carefully
- A take P
* A discover/find C
- A carry C to:M
- A describe C to:V
W the water/lagoon
V people visitor/student
`;
