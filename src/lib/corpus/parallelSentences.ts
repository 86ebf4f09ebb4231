/** The same few sentences in four languages, written for this site. */
export const parallelSentences: Readonly<Record<string, readonly string[]>> = {
  English: [
    "The mayor opened the old library in the morning.",
    "My sister repairs bicycles and small boats.",
    "It rained all night, so the river is high today.",
    "How many apples are left in the kitchen?",
    "The children learn to count before they learn to read.",
    "Nobody knew why the lights went out at noon.",
    "She wrote a long letter and never sent it.",
    "We will meet at the station after dinner."
  ],
  German: [
    "Die Bürgermeisterin öffnete am Morgen die alte Bibliothek.",
    "Meine Schwester repariert Fahrräder und kleine Boote.",
    "Es regnete die ganze Nacht, deshalb steht der Fluss heute hoch.",
    "Wie viele Äpfel sind noch in der Küche?",
    "Die Kinder lernen zählen, bevor sie lesen lernen.",
    "Niemand wusste, warum mittags das Licht ausging.",
    "Sie schrieb einen langen Brief und schickte ihn nie ab.",
    "Wir treffen uns nach dem Abendessen am Bahnhof."
  ],
  Spanish: [
    "La alcaldesa abrió la vieja biblioteca por la mañana.",
    "Mi hermana repara bicicletas y barcos pequeños.",
    "Llovió toda la noche, así que el río está alto hoy.",
    "¿Cuántas manzanas quedan en la cocina?",
    "Los niños aprenden a contar antes de aprender a leer.",
    "Nadie sabía por qué se apagaron las luces al mediodía.",
    "Escribió una carta larga y nunca la envió.",
    "Nos encontraremos en la estación después de la cena."
  ],
  Chinese: [
    "市长早上打开了旧图书馆。",
    "我的姐姐修理自行车和小船。",
    "下了一整夜的雨，所以今天河水很高。",
    "厨房里还剩多少个苹果？",
    "孩子们先学数数，再学认字。",
    "没有人知道中午为什么停电。",
    "她写了一封长信，却从来没有寄出去。",
    "我们晚饭后在车站见面。"
  ]
};
