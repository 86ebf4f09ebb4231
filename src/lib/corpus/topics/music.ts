/** Composing, rehearsing, performing. */
export const music = `
topic music
orgs Orchestra Theatre Academy Choir
props instrument furniture clothing artwork
sights building bird artwork
places theatre church park square
script concert
A person violinist/pianist/cellist/singer
P thing sonata/song/piece
T person teacher/friend
H place hall/theatre
I thing violin/piano/cello/harp
L the audience
F things flower/rose
- A choose/learn P
- A practise/repeat P <P difficult/long
- T correct/advise A
- A tune/clean I <I old
- A enter H ~nervously/calmly
- A greet L ~warmly/shyly
- A play/perform P ~softly/beautifully/well
- L applaud/cheer A <P short/new
- A receive F
script song
A person composer/poet/singer
M thing melody/tune
W things word/verse/line
G thing guitar/piano/lute
B thing band/choir
S place studio
R thing record
* A hear/invent M
- A write_down M <M simple/short
- A find/add W
- A sing/play T on:G
- A teach T to:B <B curious/ready
- A book/enter S
- B record/sing T ~loudly/well
- A publish/sell R <R popular
T the song/ballad
script instrument
A person carpenter/craftsman/luthier
W mass maple/spruce/cedar/walnut
B the body
N the neck
S things string
V mass varnish
I the violin/guitar/lute/cello
M person musician/violinist/student
- A choose/buy W <W dry/light
- A saw/carve B from:W
- A glue/fix N to:B
- A brush/spread V on:B <B smooth
* V dry ~slowly/well <workshop warm
- A stretch/attach S
- A tune/test I
- M try/play I <I ready
- M buy/order I
script choir
A person conductor/teacher
S people singer/child/student
N things note/sheet
H thing hymn/carol/song
C place church/chapel/cathedral
K things candle/lamp
V people visitor/villager
- A invite/gather S
- A hand_out N to:S
- S read/study N
- A explain/repeat H <H long/old
- S rehearse/practise H ~patiently/loudly
- A light K <C dark
- V fill/enter C ~slowly
- S sing H ~softly/beautifully
- V thank/praise S <H famous/old
script festival
A person organiser/mayor/musician
B people singer/dancer/musician
P things poster/leaflet
S thing stage/platform
L things lamp/speaker
C people visitor/villager/student
T things ticket
- A plan F ~carefully <summer near
- A invite B to:F
- A print/hang P
- A build/decorate S
- A test/fix L <evening dark
- C buy T
- B play/perform on:S ~loudly/well
- C dance/sing ~happily
- A thank B <F successful
F the festival/fair
`;
