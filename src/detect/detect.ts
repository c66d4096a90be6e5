import type { Box, Span } from '../core/area.js';
import { throwIfCancelled } from '../core/errors.js';
import type { OnProgress } from '../core/progress.js';
import { toNumber } from '../core/time.js';
import { decodeColour } from '../media/decode-colour.js';
import { decodeBands } from '../media/decode-bands.js';
import { decodeLuma, lumaSize, type Aside, type DecodeReport } from '../media/decode.js';
import type { FrameTimes, Programme } from '../media/programme.js';
import type { Finding, TrackKind } from '../plan/plan.js';
import { blinkingCandidates, blinkingFindings, isSteady, mayBeLogo, mayBlink } from './logos/blinking.js';
import { cueAppointment, type CueLook, type InspectedCue } from './cues/inspection.js';
import { inspect, type Appointment } from './survey/crops.js';
import { Glances, openEyes } from './perception/glances.js';
import type { LogoCandidate } from './logos/candidates.js';
import type { MovingCandidate } from './moving/candidates.js';
import { namedBanners, namedCaptions } from './logos/captions.js';
import { colouredFindings, sharedFrames } from './logos/coloured.js';
import { logoAppointment, type InspectedLogo } from './logos/inspection.js';
import { movingAppointment } from './moving/moving-logos.js';
import { doubted } from './logos/alone.js';
import { mergeLogos, worthALook } from './logos/places.js';
import { logoFindings } from './logos/logos.js';
import { LUMA_STAYS, surveyLines, type LumaSource, type SurveySize } from './survey/luma-source.js';
import { withCaptionsRead } from './reading/read-captions.js';
import { readCues } from './reading/read-cues.js';
import { perceivedFindings } from './perception/findings.js';
import { isOutdone, isTaken, settle } from './settle.js';
import { isWorthReading, type CueContext } from './cues/odds.js';
import { subtitleFindings, type Readings } from './cues/subtitles.js';
import { stillsOf } from './survey/stills.js';
import { Survey, type SurveyResult } from './survey/survey.js';
import type { InspectedCrawl } from './tickers/crawl.js';
import { crawlAppointments, tickerFindings, tickersIn, type Ticker } from './tickers/tickers.js';
import { openTravel } from './moving/travel.js';
import { stampFindings } from './watermarks/stamp-mask.js';
import { watermarkFindings } from './watermarks/watermarks.js';

/** Kinds that begin as cues, and kinds that begin as edges that stand. */
const CUES: readonly TrackKind[] = ['subtitle', 'title', 'blinking-logo'];
const STANDING: readonly TrackKind[] = ['logo', 'score-bar'];
/** Kinds that the perception network may see alone, beside the standing ones. */
const WRITTEN: readonly TrackKind[] = ['subtitle', 'title'];

/** Where whole frames that show the marks go, for who wants to see them without another pass; see `framesAside`. */
export interface Stills {
  /** An absolute path. */
  readonly file: string;
  /** Frames at most. */
  readonly most: number;
  /** Called with the indices of those that will be there, before the first is; not called when there is nothing to see. */
  readonly onChosen: (indices: readonly number[]) => void;
}

/** What to look for. */
export interface DetectOptions {
  readonly kinds: readonly TrackKind[];
  /** Languages in which cues are read, as tesseract names them; none: they are not read. */
  readonly languages?: readonly string[];
  /** Folder of the perception network, which is asked where statistics are blind; none: statistics alone decide. */
  readonly perception?: string | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Called once, when all frames have been decoded for the first time. */
  readonly onReport?: (report: DecodeReport) => void;
  readonly stills?: Stills | undefined;
}

/** What a programme carries. */
export interface Detection {
  /** Frames between two cuts, in order, without gaps. */
  readonly shots: readonly Span[];
  readonly frames: number;
  /** Marks, the surest interpretation of each place and time only. */
  readonly findings: readonly Finding[];
}

/**
 * Looks for burnt-in marks without any mask given. Two passes: a survey of statistics over time on scaled luma, then a
 * look at the suspected places at full size; a third where something blinks, and a few frames in colour where a logo was found. Then cues are read, where languages are given. Memory does not grow with the programme's length, except by what is found.
 *
 * @throws TextlessError as {@link decodeLuma}, {@link readCues} and {@link openEyes}
 */
export async function detectMarks(programme: Programme, options: DetectOptions): Promise<Detection> {
  const { frames } = programme.video;
  return detectIn(sourceOf(programme, options), { ...options, ...(frames ? { expected: frames } : {}) });
}

/** A programme as the detector reads it. Colours come cheaply when all frames have been decoded once. */
function sourceOf(programme: Programme, { signal, onReport, stills }: DetectOptions): LumaSource {
  const { geometry, rate } = programme.video;
  let times: FrameTimes | undefined;
  let aside: Aside | undefined;
  const told = (report: DecodeReport): void => {
    times = report.times;
    onReport?.(report);
  };
  return {
    width: geometry.width,
    height: geometry.height,
    rate: toNumber(rate),
    size: (lines) => lumaSize(programme, lines),
    frames: (lines) => decodeLuma(programme, { signal, onReport: told, lines, stays: LUMA_STAYS }),
    bands: (bands, wanted = []) => {
      if (stills && wanted.length) aside = { indices: wanted, file: stills.file };
      return decodeBands(programme, bands, { signal, stays: LUMA_STAYS, aside: wanted.length ? aside : undefined });
    },
    ...(geometry.format.chroma === 'gray'
      ? {}
      : { colour: (indices: readonly number[], box: Box) => decodeColour(programme, indices, box, { times, aside, signal }) }),
  };
}

/** {@link detectMarks} on any source of luma. `expected` is the number of frames, for progress only. */
export async function detectIn(source: LumaSource, options: DetectOptions & { readonly expected?: number }): Promise<Detection> {
  const suspected = await surveyOf(source, options);
  const { survey } = suspected;
  const { languages, signal, onProgress } = options;
  const { shots, frames } = survey;
  const context = { shots, frames, rate: source.rate, width: source.width, height: source.height };
  const size = source.size(surveyLines(source.width, source.height));
  const tickers = tickersIn(survey.tickers, size, context);
  const { cues, logos, moving, crawls, stills } = await inspectAll(source, { ...suspected, tickers }, options);
  const suspectedLogos = logos.filter((l) => isSuspected(l.candidate));
  const settled = settle(
    [
      ...tickerFindings(tickers, crawls),
      ...watermarkFindings(survey.watermarks, survey.looked, size, context),
      ...stampFindings(logos, size, context),
      ...logoFindings(suspectedLogos, context),
      ...(await blinkingIn(source, { cues, logos }, survey, options)),
      ...moving,
      ...subtitleFindings(cues, context, await readingsOf(cues, context, options)),
    ],
    source.rate,
  );
  const alone = perceivedFindings(
    logos.filter((l) => l.candidate.text !== undefined),
    context,
  );
  const findings = settled.filter((one) => !isOutdone(one, alone));
  const captions = namedCaptions([...findings, ...alone.filter((one) => !isTaken(one, findings))], source.width);
  const named = doubted(namedBanners(captions, context), shots);
  const all = languages?.length ? await withCaptionsRead(named, logos, { languages, signal, onProgress }) : named;
  const wanted = all.filter((f) => options.kinds.includes(f.kind));
  return { shots, frames, findings: await colouredFindings(wanted, source, stills) };
}

/** Whether statistics suspect it, not the perception network alone. */
const isSuspected = ({ text, strokes }: LogoCandidate): boolean => text === undefined && !strokes;

interface Suspected {
  readonly survey: SurveyResult;
  readonly moving: readonly MovingCandidate[];
}

/** The first pass: statistics here, looks at a few frames by the network and the search for what travels each in a process of its own. */
async function surveyOf(
  source: LumaSource,
  { kinds, perception, signal, onProgress, expected = 0 }: DetectOptions & { readonly expected?: number },
): Promise<Suspected> {
  const asked = perception !== undefined && kinds.some((k) => STANDING.includes(k) || WRITTEN.includes(k));
  await using eyes = asked ? await openEyes(perception, signal) : undefined;
  const glances = eyes && new Glances(eyes, source.rate);
  const lines = surveyLines(source.width, source.height);
  const { width, height } = source.size(lines);
  const survey = new Survey(width, height, source.rate, glances);
  await using travel = kinds.includes('moving-logo') ? await openTravel({ ...survey.keySize, rate: source.rate }, signal) : undefined;
  for await (const { index, luma } of source.frames(lines)) {
    throwIfCancelled(signal);
    await glances?.room();
    const key = survey.push(luma);
    if (key) await travel?.take(key);
    onProgress?.({ stage: 'scan', done: index + 1, total: expected });
  }
  const result = survey.finish();
  const moving = (await travel?.finish()) ?? [];
  return { survey: glances ? { ...result, logos: [...result.logos, ...(await glances.finish())] } : result, moving };
}

async function readingsOf(cues: readonly InspectedCue[], context: CueContext, options: DetectOptions): Promise<Readings> {
  const { languages, signal, onProgress } = options;
  if (!languages?.length) return new Map();
  const worth = cues.flatMap((cue) => (cue.picture && isWorthReading(cue, context) ? { cue, picture: cue.picture } : []));
  const pictures = worth.map(({ picture }) => picture);
  const readings = await readCues(pictures, { languages, signal, onProgress });
  return new Map(worth.map(({ cue }, i) => [cue, readings[i]]));
}

/** Follows what came and went at one place over the whole programme; another pass, and only where there is something to follow. */
async function blinkingIn(
  source: LumaSource,
  { cues, logos }: Pick<Inspected, 'cues' | 'logos'>,
  survey: SurveyResult,
  options: DetectOptions,
): Promise<Finding[]> {
  const { width, height } = source;
  const { shots, frames } = survey;
  const seen = blinkingCandidates(cues, source.size(surveyLines(width, height)), source);
  const programme = { shots, frames, rate: source.rate };
  const places = seen.filter((place) => mayBlink(place, programme) && !isSteady(place, logos, programme));
  if (!places.length) return [];
  const picture = { width, height, frames };
  const size = source.size(surveyLines(width, height));
  const looks = places.map((p) => logoAppointment(p.candidate, size, picture));
  const followed = await inspect(source, looks, () => throwIfCancelled(options.signal));
  return blinkingFindings(followed, places, programme);
}

interface Inspected {
  readonly cues: readonly InspectedCue[];
  readonly logos: readonly InspectedLogo[];
  readonly moving: readonly Finding[];
  readonly crawls: readonly InspectedCrawl[];
  /** Frames that were kept by the way. */
  readonly stills: readonly number[];
}

/** Frames that show what is suspected: for the colours of logos, and for who wants to see them. */
function stillsFor({ survey, moving }: Suspected, { width }: SurveySize, { stills }: DetectOptions): readonly number[] {
  if (!stills) return [];
  const spans = [
    ...survey.cues.map(({ start, end }) => ({ first: start, last: end })),
    ...survey.logos.flatMap(({ seen }) => seen),
    ...[...survey.tickers.filter(({ band }) => !band.doubtful), ...survey.watermarks].map(({ span }) => span),
    ...moving.map(({ path }) => ({ first: path[0].frame, last: path[path.length - 1].frame })),
  ];
  const logos = worthALook(mergeLogos(survey.logos, width)).map(({ seen }) => ({ spans: seen }));
  const colours = [...new Set(sharedFrames(logos).flatMap((frames) => [...frames]))].slice(0, Math.floor(stills.most / 2));
  const frames = [...new Set([...colours, ...stillsOf(spans, stills.most - colours.length)])].sort((a, b) => a - b);
  stills.onChosen(frames);
  return frames;
}

/** The second pass: looks at all places that the survey suspects, at full size. */
async function inspectAll(
  source: LumaSource,
  suspected: Suspected & { readonly tickers: readonly Ticker[] },
  options: DetectOptions,
): Promise<Inspected> {
  const { survey, moving, tickers } = suspected;
  const { kinds, languages, signal, onProgress } = options;
  const { width, height } = source;
  const size = source.size(surveyLines(width, height));
  const picture = { width, height, frames: survey.frames };
  const looks: Appointment<InspectedCue | InspectedLogo | InspectedCrawl[] | Finding | undefined>[] = [];
  const shown = { ...picture, rate: source.rate, shots: survey.shots };
  const keepsPicture = (cue: CueLook): boolean => mayBeLogo(cue, picture) || (languages?.length ? isWorthReading(cue, shown) : false);
  if (kinds.some((k) => CUES.includes(k))) looks.push(...survey.cues.map((c) => cueAppointment(c, size, { ...shown, keepsPicture })));
  const logos = kinds.some((k) => STANDING.includes(k)) ? worthALook(mergeLogos(survey.logos.filter(isSuspected), size.width)) : [];
  logos.push(
    ...worthALook(
      mergeLogos(
        survey.logos.filter((c) => !isSuspected(c)),
        size.width,
      ),
    ),
  );
  if (kinds.includes('watermark')) logos.push(...mergeLogos(survey.stamps));
  looks.push(...logos.map((c) => logoAppointment(c, size, picture)));
  looks.push(...moving.map((c) => movingAppointment(c, picture, source.rate)));
  if (kinds.includes('ticker')) looks.push(...crawlAppointments(tickers, size, shown));
  if (!looks.length) return { cues: [], logos: [], moving: [], crawls: [], stills: [] };
  const onFrame = (index: number): void => {
    throwIfCancelled(signal);
    onProgress?.({ stage: 'mask', done: index + 1, total: survey.frames });
  };
  const stills = stillsFor(suspected, size, options);
  const found = await inspect(source, looks, onFrame, stills);
  const known = found.filter((i) => i !== undefined);
  return {
    cues: known.flatMap((i) => ('unrest' in i ? [i] : [])),
    logos: known.flatMap((i) => ('candidate' in i && 'spans' in i ? [i] : [])),
    moving: known.flatMap((i) => ('kind' in i ? [i] : [])),
    crawls: known.flatMap((i) => (Array.isArray(i) ? i : [])),
    stills,
  };
}
