/** Lessons, exams and school plays. */
export const school = `
topic school
orgs School University College Academy
props book stationery furniture device
sights tree bird
places school library park university
script exam
A person teacher/professor/tutor
S people student/pupil
E the exam/test
N things note/book/chapter
Q things question
R things paper/answer
M things mark/grade/result
- A announce/plan E <term short/long
- S study/revise N <E difficult/near
- A write/prepare Q
- S enter R2 ~early/quietly
- S answer/read Q <S ready/calm
- A collect/gather R <time short
- A correct/read R
- A publish/announce M <S curious/nervous
R2 place classroom/hall
script essay
A person student/pupil/scholar
T thing topic/subject
B things book/article
L place library/archive
N things note/page
E the essay/report
C things mistake/error
P person teacher/professor
- A choose/pick T <T new/short
- A borrow/find B in:L
- A read/study B <B short/long
- A take/write N
- A begin/draft E <N clear/complete
- A correct/fix C <P strict
- A print/finish E
- A hand/show E to:P
- P praise/grade E <E complete/ready
script play
A person teacher/director
S people pupil/student/child
P the play/drama
R things role/part
L things line/speech
C things costume/mask
H place hall/theatre
G people parent/guest
- A choose/write P
- A give/assign R to:S
- S learn/repeat L <L long/difficult
- S sew/paint C <C old/plain
- A decorate/clean H <H empty/dusty
- A invite/welcome G
- S perform P in:H ~bravely/well
- G applaud/praise S <P short/complete
script lesson
A person teacher/tutor
S people pupil/student
B the blackboard/board
W things word/number/formula
M thing map/picture/model
X things exercise/problem
H mass homework
- A enter R ~early/quietly
- A greet/count S
- A clean/wipe B <B dirty/dusty
- A write W on:B
- S copy/repeat W <W new/difficult
- A show M to:S <S curious
- S solve/discuss X <X hard/easy
- A set/assign H
- S leave R ~quickly/noisily
R place classroom/room
script library
A person librarian
B things novel/dictionary/atlas/textbook
X things box/crate
S things shelf
C things card/label
R person student/reader/pupil
- A order/buy B <+shelf empty
- A open/unpack X
- A sort/count B
- A write/print C
- A place/put B on:S
- R search/explore S <R curious
- R borrow B
- R return B to:A ~late/promptly
`;
