import type { Script } from './text.js';

/** What people say in subtitles, by writing system; lines end in \n. Written for this benchmark. */
export const CAPTIONS: Record<Script, readonly string[]> = {
  latin: [
    'I told you this would happen.',
    'Where were you last night?',
    '¿Qué hacemos ahora, capitán?',
    'Nobody is coming to help us,\nso we go on alone.',
    'The boat leaves at 6:40.',
    "C'est la dernière fois\nque je te le demande.",
    'Listen. Do you hear that?',
    'Die Straße ist gesperrt.',
    'No.',
    '– Are you sure?\n– Not at all.',
    'We waited there until the evening,\nbut the others never came.',
    'Non è quello che pensi.',
    'Amanhã ninguém vai lembrar.',
    'Two hundred years ago this valley\nlay under the sea.',
  ],
  cyrillic: [
    'Где ты был вчера вечером?',
    'Никто не придёт нам на помощь,\nпойдём одни.',
    'Поезд уходит в семь сорок пять.',
    'Послушай. Ты слышишь?',
    'Я же говорил, что так и будет.',
    'Ще не вечір, друже.',
  ],
  cjk: [
    '我早就告诉过你会这样',
    '昨天晚上你到底去哪里了?',
    '没有人会来帮我们\n只能靠我们自己',
    '列车七点四十五分发车',
    'もう一度だけ言います',
    '그 문을 열지 마세요',
    '今天山上下大雨\n快回去',
  ],
  arabic: ['أين كنت الليلة الماضية؟', 'لن يأتي أحد لمساعدتنا', 'القطار يغادر في السابعة', 'اسمع. هل تسمع هذا؟'],
};

export const HEADLINES: readonly string[] = [
  'Parliament votes on the budget tonight',
  'Storm warning for the northern coast until Friday',
  'Railway line reopens after two years of works',
  'Museum shows a painting found in an attic',
  'Team wins in the last minute, 3:2',
  'Bridge closed: drivers should expect delays',
  'Prices of wheat fall for the third week',
  'Scientists count birds on the islands',
];

export const PEOPLE: readonly (readonly [name: string, role: string])[] = [
  ['Anna Keller', 'Geologist'],
  ['Tomás Rivera', 'Captain of the ferry'],
  ['Ingrid Dahl', 'Mayor'],
  ['Marc Lefèvre', 'Forester'],
  ['Olena Kovalenko', 'Reporter'],
  ['John Ashworth', 'Witness'],
];

export const TITLES: readonly string[] = [
  'THE VALLEY',
  'North of Nowhere',
  'PART TWO',
  'One Year Later',
  'SILENT SHORES',
  'The Long Winter',
  'HARBOUR LIGHTS',
];
