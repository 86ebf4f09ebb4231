/** Kitchens, bakeries and dinners. */
export const cooking = `
topic cooking
orgs Bakery Restaurant Kitchen Tavern
props container dish furniture fruit
sights furniture pet
places restaurant market bakery inn
script bread
A person baker/cook/chef
F mass flour
D mass dough
W mass water/milk
O thing oven
L things loaf
C person customer/guest/neighbour
- A weigh/measure F
- A mix/combine F with:W
- A knead/press D <D sticky/stiff
* D rise ~slowly/well <kitchen warm
- A heat/light O <kitchen cold
- A bake L in:O <O hot/ready
- A slice/cut L <L cool/firm
- A serve/sell L to:C <C hungry/early
script soup
A person cook/chef/grandmother
V things carrot/onion/leek/potato/turnip/tomato
K thing knife
P thing pot/pan/kettle
S mass salt/pepper/garlic
U the soup/stew/broth
G people guest/child/worker
- A wash/rinse V <V dirty/muddy
- A peel/scrape V with:K
- A chop/slice V <K sharp
- A boil/cook V in:P
- A stir U ~slowly/gently/patiently
- A add S to:U <U thin/weak
- A taste/try U <U ready
- A pour U into:B
- A serve U to:G <G hungry/cold
B things bowl/cup
script cake
A person baker/cook/pupil
E things egg
S mass sugar/butter/cream
M the mixture/batter
T thing tin/tray
O the oven
C the cake/pie/tart
G person friend/neighbour/sister
- A break/crack E
- A beat/whisk E with:S
- A pour/spread M into:T <M smooth/thick
- A bake C in:O <O hot
* C cool ~slowly on:$table
- A decorate/cover C with:S <C cool/plain
- A cut/divide C with:K
- A give/offer C to:G
K thing knife
script fishdinner
A person cook/chef/innkeeper
F mass fish/salmon/trout
M place market/harbour
L things lemon/onion/herb
P thing pan/grill
H the fire/stove
S mass sauce/butter/oil
G people guest/sailor/traveller
- A buy/choose F at:M ~early
- A clean/wash F <F fresh
- A light H <kitchen cold/dark
- A fry/grill F in:P <P hot
- A squeeze/slice L <L fresh
- A cover/mix F with:S
- A bring/carry F to:G <G hungry/tired
- G enjoy/praise F <F hot/ready
script jam
A person cook/aunt/grandmother
F things strawberry/raspberry/cherry/plum/apricot
K thing basket/bowl
S mass sugar/honey
P thing pot/pan
J mass jam
R things jar/bottle
- A collect/pick F in:$garden <F ripe/sweet
- A put/place F in:K
- A wash/sort F <F dusty
- A mix/cover F with:S <F sour
- A boil/heat F in:P
- A fill R with:J <J ready/thick
- A close/seal R
- A label/store R in:$cellar
`;
