/** Matches, races and climbs. */
export const sport = `
topic sport
orgs Club Stadium Association Team
props sportgear clothing vehicle toy
sights landform tree bird
places stadium gym field park
script match
A people player/girl/boy
C person coach/trainer/captain
P the pitch/field
B the ball
K thing goal
R person goalkeeper/defender
T thing trophy/medal/cup
E the plan
- A train/practise ~hard/daily
- C choose/name A <A strong/ready
- A enter P ~proudly/slowly
- C explain E to:A
- A kick/pass B <pitch dry/wide
- R block/stop B
- A score K ~late/quickly
- A win/celebrate G
- C lift/receive T
G the match/game/final
script race
A person runner/cyclist/skier
S things shoe/ski/glove
C the course/track/route
L the starting_line
H thing hill/slope
W mass water/juice
F the finish
M thing medal/prize
- A train ~hard/daily/patiently
- A inspect/study C <C new/steep
- A clean/tie S
- A reach/approach L ~early
- A climb/cross H <H steep/long
- A drink W <A thirsty/tired
- A overtake/pass R
- A cross F ~first/proudly
- A receive/win M
R person rival/champion
script climb
A people climber/hiker/scout
M place mountain/peak/cliff
R things rope/hook/map
G person guide
T thing tent/camp
S the summit/top
V the view
F thing flag
- A pack/check R
- A hire/meet G <M icy/steep
- A leave V2 ~early
- A cross/follow S2 <S2 narrow/icy
- A pitch/build T <A tired/cold
- A climb/scale M <weather clear/calm
- A reach S ~finally/slowly
- A plant/raise F on:S
- A admire/photograph V <sky clear/blue
V2 place village/valley
S2 place glacier/stream/ravine
script chess
A person player/champion/girl/boy
R person rival/opponent
B thing board
P things piece/pawn/knight
C the clock/timer
M thing mistake
G the game
H thing prize/trophy
- A study/analyse B2 <R famous/strong
- A meet/greet R
- A set_up B
- A start/check C
- A move/push P ~carefully/slowly
* R make M <time short
- A notice/exploit M
- A win G
- A accept/receive H
B2 things opening/position
script swim
A person swimmer/girl/student
C person coach/lifeguard
P the pool/lake
S thing cap/suit
T things length/lap
W the record
- A put_on S
- A enter P <water cool/clear/calm
- C time/watch A
- A swim/finish T ~smoothly/quickly
- C correct/improve K <K slow/late
- A repeat/practise K
- A break/beat W <A fit/rested
- C congratulate/hug A
K the stroke/turn
`;
