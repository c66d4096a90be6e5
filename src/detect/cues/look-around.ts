import { growBox, scaledBox, type Box } from '../../core/area.js';
import type { SurveySize } from '../survey/luma-source.js';
import type { CueCandidate } from './candidates.js';

/** Heights of a line, and samples, around a cue that are looked at. */
const AROUND = 0.6;
const SAMPLES = 8;
/** Where names stand, low and beside the middle, as shares of the picture's size; and heights of a line by which their plates may go on beside the letters. */
const LOW = 0.5;
const ASIDE = 0.08;
const BESIDE = 3;

/** The box of the picture at full size in which a cue is looked at. */
export function lookAround({ box, lineHeight }: CueCandidate, survey: SurveySize, picture: SurveySize): Box {
  const scale = picture.height / survey.height;
  const around = growBox(scaledBox(box, scale), Math.round(AROUND * lineHeight * scale) + SAMPLES, picture.width, picture.height);
  const aside = Math.abs((box.x + box.width / 2) / survey.width - 0.5) > ASIDE && box.y > LOW * survey.height;
  if (!aside) return around;
  const beside = Math.round(BESIDE * lineHeight * scale);
  const x = Math.max(0, around.x - beside);
  return { ...around, x, width: Math.min(picture.width, around.x + around.width + beside) - x };
}
