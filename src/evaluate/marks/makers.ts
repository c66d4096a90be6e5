import { makeScoreBar, makeTicker } from './bands.js';
import { makeAnimatedLogo, makeBlinkingLogo, makeBug, makeLogo, makeMovingLogo } from './logos.js';
import type { Group, MarkMaker } from './mark.js';
import { makeSubtitles } from './subtitles.js';
import { makeTitle } from './titles.js';
import { makeStamp, makeWatermark } from './watermark.js';

/** Who draws which group. */
export const MAKERS: Record<Group, MarkMaker> = {
  logo: makeLogo,
  bug: makeBug,
  'animated-logo': makeAnimatedLogo,
  'blinking-logo': makeBlinkingLogo,
  'moving-logo': makeMovingLogo,
  subtitle: makeSubtitles,
  'score-bar': makeScoreBar,
  ticker: makeTicker,
  title: makeTitle,
  watermark: makeWatermark,
  stamp: makeStamp,
};
