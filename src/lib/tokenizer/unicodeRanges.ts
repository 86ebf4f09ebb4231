/**
 * Two sets of code points that JavaScript's regular expressions cannot name, from the Unicode
 * Character Database 14.0.0 (https://www.unicode.org/license.txt) as Python's unicodedata has it.
 * Each word is a range: the distance from the last range's end, then "+" and its length less one,
 * both in base 36. Made by `ranges(lambda c: unicodedata.combining(c) != 0)` and
 * `ranges(str.isdigit)` over all code points; read by unicodeSets.ts.
 */

/** Code points whose canonical combining class is not 0 (912 of them). */
export const combiningRanges =
  "lc+26 2+v 7o+4 7e+18 2 2+1 2+1 2 21+a 1d+k h 2u+6 3+5 3+1 2+3 10 v+q 4h+8 a p+3 2+8 2+2 2+4 " +
  "18+2 1p+7 17+n 2+s 1p h 4+3 2w h 1d 1q h 33 h 33 h 3k 33 h 8+1 2u h 32+1 h 3h 32+2 e+3 31+2 " +
  "e+3 25+1 s 2 2 1k+1 2 6+3 3 2+2 2+1 1r 35 2+1 2b k0+2 qd+1 v 4e b 5o 40+2 64+1 20 l+7 3 1d+d " +
  "2+f 2u g 13+8 1j+1 1n c+1 1w 49+2 2+c 2+6 5 7 4+1 5j+1r k1+c 5 4+b 2db+2 3y 2p+v ff+5 2y+1 " +
  "n9x 5+9 x+1 29+1 7p 12 48 s+h 1m+2 12 2o d 6o 2+2 3+1 6+1 2 1h 6v fn5 le+f r2 6b 46+4 1ar 2 " +
  "15+2 5 4m+1 fy+3 as+1 4a+a 1e+3 5d 16 f 1m+1 1y+2 1d+1 1r 25 a 2z+1 4z+1 29+1 h p+6 4+4 5q 4 " +
  "o 2s+1 70+1 3j 3b+1 38 7i+1 77+1 5 4d 2c j 2a bq 77 2+1 2a fa1+4 1o+6 xm+1 f59 43r+4 4+5 9+7 " +
  "3+6 v+3 45+2 2po+6 2+g 3+6 2+1 2+4 7a+6 ag 1q+3 15t+6 32+6";

/** Code points whose numeric type is digit or decimal (788 of them). */
export const digitRanges =
  "1c+9 3d+1 6 147+9 3r+9 5j+9 bh+9 3b+9 3b+9 3b+9 3b+9 3b+9 3b+9 3b+9 3b+9 3b+9 2p+9 3b+9 1z+9 " +
  "7r+9 1z+9 k0+8 vj+9 13+9 8d+9 3l+a 4m+9 7+9 53+9 2f+9 3r+9 7+9 t3 4+5 7+9 rb+8 c+8 c+8 2i " +
  "b+8 2 hj+8 2+8 2+8 ozy+9 iv+9 13+9 5j+9 n+9 2f+9 bb+9 gev+9 13b+9 13r+3 kt+9 87+8 dm+8 c+9 " +
  "3l+9 1p+9 41+9 7r+9 9j+9 3b+9 af+9 2v+9 2v+9 br+9 2v+9 l3+9 6v+9 1z+9 f5j+9 2f+9 3r+9 lf9+1d " +
  "1tt+9 br+9 193+9 1if+a 25i+9";
