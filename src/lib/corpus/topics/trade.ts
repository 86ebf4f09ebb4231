/** Shops, markets, factories. */
export const trade = `
topic trade
orgs Company Store Market Bank Factory
props jewel clothing container toy
sights building vehicle pet
places shop market warehouse square
script market
A person trader/merchant/vendor
S thing stall/stand
G things scarf/basket/ring/lamp/rug/toy
C person customer/tourist/neighbour
P the price
M mass money
B thing bag/box
- A reach Q ~early
- A set_up/decorate S
- A unpack/arrange G
* C notice/admire G <G cheap/rare
- C ask/question A
- A lower/name P <C doubtful/shy
- C pay M to:A
- A wrap/put G in:B
- A close/clean S <evening late/cold
Q the market/square
script tailor
A person tailor/seamstress
C person customer/bride/singer/officer
D thing dress/coat/jacket/robe
F mass silk/wool/linen/velvet
T thing tape
N thing needle
B things button
- C describe/order D
- A choose/show F
- A measure C with:T
- A cut F ~carefully <F smooth/fine
- A sew/stitch D with:N
- A attach/fix B
- C try_on D <D complete
- A shorten/iron D <D long/loose
- C wear/buy D <D ready
script delivery
A person driver/courier/postman
P thing parcel/box/letter
O the depot/office
V thing van/bicycle/truck
S the street/address
D the door
R person receiver/widow/clerk
F thing receipt/form
- A collect P at:O ~early
- A load/start V
- A search/find S <S narrow/dark
- A park/stop V
- A carry P to:D <P heavy
- A knock/ring ~loudly/twice
- R open D
- R sign F
- A hand/give P to:R
script factory
A people worker/engineer
M things machine/engine/press
S mass steel/iron/copper
P things part/wheel/pipe/chain
F the foreman
B things box/crate
T thing truck/train
- A enter H ~early
- A start/oil M <M cold/old
- A melt/heat S
- A shape/cut P from:S
- F check/count P
- A repair/stop M <M noisy/hot
- A pack P into:B
- A load B onto:T
- A leave H ~late
H the factory/workshop
script loan
A person widow/baker/inventor
B person banker/manager
P the plan/idea
L thing loan
S thing shop/bakery/workshop
M mass money
C people customer/villager
- A explain/present P to:B
- B study/check P <P bold/new
- B approve/grant L
- A rent/buy S
- A hire H <S large/busy
- A open S ~proudly
- C visit/praise S
- A save/earn M
- A repay/return L
H person assistant/baker
`;
