/** Journeys by train, ship and foot. */
export const travel = `
topic travel
orgs Hotel Railway Airline Agency
props clothing document book container
sights vehicle building landform
places station hotel airport harbour
script train
A person traveller/passenger/student/merchant
T thing ticket
S thing suitcase/bag/trunk
P place station
R thing train
W thing seat/window
C person conductor/inspector
H place hotel/hostel/inn
- A book/buy T
- A pack/close S
- A reach/enter P ~early
- A board/catch R <R late/crowded
- A find/choose W
- C check/stamp T
- A leave R at:$border
- A carry S to:H <S heavy
- A unpack S <A tired
script flight
A people tourist/traveller/passenger
P thing passport
B things bag/suitcase
A2 place airport
O person officer/guard
F thing plane
K person pilot
I place island/city
- A renew/check P
- A weigh/pack B
- A reach A2 ~early
- O check/stamp P
- A board/enter F <weather clear
- K start/steer F
* F land ~safely/smoothly/late on:I
- A collect B <A tired
- A explore/admire I <I famous/small
script hike
A people hiker/friend/tourist
M thing map/compass
B things boot/backpack
F place forest/valley
R place river/stream
T thing tent
W the fire
K thing bridge/path
- A study/unfold M
- A pack/tie B
- A enter/cross F ~early
* A lose/miss P <fog thick
- A cross R <water shallow/calm
- A pitch T <A tired
- A light/build W <night cold/dark
- A cook S over:W <A hungry
- A sleep ~well/deeply in:T
P the path/trail
S mass soup/rice/fish
script hotel
A person guest/tourist/singer
C person clerk/receptionist
R thing room
K thing key
P person porter/servant
S thing suitcase/trunk
B thing bill
- A reserve/book R
- A greet/find C
- A sign/read G
- C give/hand K to:A
- P carry/lift S <S heavy
- A unlock/enter R
- A sleep/rest ~well/deeply <bed soft/warm
- A pay/check B
- A leave H ~early
G the register/form
H the hotel/inn
script museum
A person guide
V people visitor/tourist/pupil
M place museum/gallery/palace
T things ticket
P things painting/statue/portrait/mosaic
Q things question
S thing postcard/souvenir
- V buy T
- A welcome/greet V
- V enter M ~quietly/slowly
- A describe/show P to:V
- V admire/photograph P <P rare/famous
- V ask Q
- A answer/consider Q <Q difficult/unusual
- V choose/buy S <S cheap/small
- V leave M ~slowly
`;
