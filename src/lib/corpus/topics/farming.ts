/** Growing things and keeping animals. See script.ts for the notation. */
export const farming = `
topic farming
orgs Farm Mill Nursery Dairy Cooperative
props tool container livestock vehicle vegetable
sights tree bird livestock building
places field barn meadow farmyard orchard
script crop
A person farmer/grower/gardener
C things $vegetable
P place field/garden/plot
D things crate/basket/sack/box
B person trader/merchant/grocer
- A dig/plough P <ground hard/dry/stony
- A plant/sow C in:P <soil rich/warm/soft
- A water C <soil dry/dusty/hard
* C grow/sprout ~quickly/slowly/well <sun warm/strong
- A harvest/gather C <C ripe/ready
- A pack/load C into:D
- A sell/offer C to:B <price fair/high
script sheep
A person shepherd/farmer/herder
S things sheep/goat/lamb
P place meadow/pasture/hill
G person boy/girl/helper
W mass wool
B person weaver/tailor/merchant
- A lead/drive S to:P <grass fresh/green/thick
- S graze/wander/rest in:P
- A count S <wolf near/hungry
- A shear S <weather warm/dry
- G wash/clean W <W dirty/dusty/greasy
- A dry W in:$sun
- A sell/deliver W to:B
script dairy
A person farmer/milkmaid/dairyman
K things cow/goat
L place barn/stable/shed
M mass milk
H mass cheese/butter/cream
J things pot/jar/tub
T place cellar/pantry
- A enter/unlock L ~early
- A feed K <K hungry/restless
- A milk K <K calm/quiet
- A pour M into:J
- A make/prepare H from:M
- A store/keep H in:T <T cool/dark
script orchard
A person gardener/grower/farmer
T things tree/sapling
P place orchard/garden
F things apple/pear/plum/cherry/peach
L thing ladder
K things basket/crate/bucket
J mass juice/jam/cider
- A prune/trim T in:P <+branch long/bare/dry
* T bloom/blossom ~early/slowly/late
* F ripen ~slowly/quickly/early <summer hot/long/sunny
- A climb L <T tall
- A pick/gather F <F ripe/ready
- A carry F in:K
- A make/produce J from:F
script hens
A person farmer/widow/boy
H things hen/duck/goose
C thing coop/hut
F thing fence/gate/wall
E things egg
B thing basket/bowl/carton
N person neighbour/baker/cook
- A build/repair C <winter near/cold
- A raise/buy H
- A feed H <H hungry/noisy
- A mend/close F <fox hungry/near
- H lay E in:C
- A collect/gather E <H calm/quiet
- A put/place E in:B
- A bring/give E to:N
`;
