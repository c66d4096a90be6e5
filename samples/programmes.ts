import type { Span } from '../src/core/area.js';
import { drawBug, drawLogo, drawSubtitle, faded, type Overlay, type SubtitleStyle } from './marks/overlay.js';
import { alps, bay, desert, dusk, mist, sunrise, type Take } from '../src/evaluate/scenes/shots.js';

export const RATE = 25;

/** One mark of a programme: what it looks like in full, its frames, and over how many of them it fades in and out. */
export interface Mark {
  readonly kind: 'logo' | 'subtitle';
  readonly text: string | null;
  readonly spans: readonly Span[];
  readonly overlay: Overlay;
  readonly fade: number;
}

/** A programme to be made; everything in it follows from the definition alone. */
export interface Programme {
  readonly name: string;
  /** As the benchmark calls cases like this one. */
  readonly kind: string;
  readonly title: string;
  readonly shots: readonly { readonly take: Take; readonly frames: number; readonly title: string }[];
  marks(width: number, height: number): Promise<Mark[]>;
}

/** Frames of a whole programme. */
export const lengthOf = (programme: Programme): number => programme.shots.reduce((sum, shot) => sum + shot.frames, 0);

/** What a mark shows in a frame: undefined when it is away, weaker while it fades. */
export function markAt(mark: Mark, frame: number): Overlay | undefined {
  const span = mark.spans.find((s) => frame >= s.first && frame <= s.last);
  if (!span) return undefined;
  const strength = mark.fade ? Math.min(1, (frame - span.first + 1) / mark.fade, (span.last - frame + 1) / mark.fade) : 1;
  return faded(mark.overlay, strength);
}

type Cue = readonly [first: number, last: number, text: string];

function subtitles(width: number, height: number, cues: readonly Cue[], style: SubtitleStyle, fade: number): Promise<Mark[]> {
  return Promise.all(
    cues.map(async ([first, last, text]): Promise<Mark> => {
      const overlay = await drawSubtitle(width, height, text, style);
      return { kind: 'subtitle', text, spans: [{ first, last }], overlay, fade };
    }),
  );
}

function logo(overlay: Overlay, frames: number): Mark {
  return { kind: 'logo', text: null, spans: [{ first: 0, last: frames - 1 }], overlay, fade: 0 };
}

/** The programmes, by name. */
export const PROGRAMMES: readonly Programme[] = [
  {
    name: 'logo-subtitles',
    kind: 'programme',
    title: 'North: a journey',
    shots: [
      { take: alps(11), frames: 78, title: 'Over the valley' },
      { take: mist(4), frames: 72, title: 'In the woods' },
      { take: bay(3), frames: 75, title: 'On the water' },
    ],
    async marks(width, height) {
      const u = height / 360;
      const style = { size: 16 * u, pen: 2.6 * u, fill: '#fff', outline: 1.7 * u, shadow: 0, bottom: 28 * u };
      const cues: Cue[] = [
        [10, 58, 'We flew in over the lakes,\nas we did every spring.'],
        [64, 104, 'Nobody had seen us yet.'],
        [112, 141, 'Then the birds went up.'],
        [158, 214, "C'est là que tout a changé,\nsaid the man in the boat."],
      ];
      const badge = await drawLogo(width, height, Math.round(width - 170 * u), Math.round(24 * u), Math.round(38 * u));
      return [logo(badge, lengthOf(this)), ...(await subtitles(width, height, cues, style, 0))];
    },
  },
  {
    name: 'semi-transparent-bug',
    kind: 'bug',
    title: 'Red country',
    shots: [
      { take: desert(23), frames: 110, title: 'Sandstone' },
      { take: sunrise(40), frames: 95, title: 'Morning' },
    ],
    async marks(width, height) {
      const u = height / 360;
      return [logo(await drawBug(width, height, Math.round(32 * u), Math.round(26 * u), Math.round(38 * u), 0.45), lengthOf(this))];
    },
  },
  {
    name: 'cjk-subtitles',
    kind: 'subs-cjk',
    title: 'Evening sail',
    shots: [
      { take: dusk(3), frames: 115, title: 'Dusk' },
      { take: mist(77), frames: 90, title: 'The next day' },
    ],
    marks(width, height) {
      const u = height / 360;
      const style = { size: 22 * u, pen: 2.6 * u, fill: '#ffe23c', outline: 1.2 * u, shadow: 2 * u, bottom: 28 * u };
      const cues: Cue[] = [
        [8, 52, '今天山上下大雨'],
        [62, 106, '水上风大\n快回去'],
        [118, 190, '明天日出再来'],
      ];
      return subtitles(width, height, cues, style, 4);
    },
  },
];
