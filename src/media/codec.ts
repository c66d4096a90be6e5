import { TextlessError } from '../core/errors.js';
import { toNumber } from '../core/time.js';
import { colourOptions } from './colour-codes.js';
import { HEVC_LEVELS, H264_LEVELS, capped, levelCeiling, type Ceiling } from './levels.js';
import type { Programme, SideData, VideoStream } from './programme.js';
import { pipedFormat } from './raw-matroska.js';

/** How the picture stream is written again, in the codec it came in. */
export interface CodecPlan {
  /** ffmpeg's encoder. */
  readonly encoder: string;
  /** Layout the encoder is given. */
  readonly pixFmt: string;
  /** Options of the encoder, without a stream specifier: name, value. */
  readonly options: readonly (readonly [string, string])[];
  /** Whether the encoder counts frames of a constant rate instead of taking times. */
  readonly gridded: boolean;
}

/** What decides how a stream is encoded besides the programme itself. */
export interface CodecWishes {
  /** Frames between key frames in the source; 1 when every frame is one. */
  readonly keyInterval: number;
  /** Constant quality in the encoder's own unit (CRF) for H.264, HEVC, VP8 and VP9. */
  readonly quality?: number | undefined;
  /** Whether all frames last equally long. */
  readonly constantRate: boolean;
  /** Bits a second, and bits of buffer, that the pictures must not exceed. */
  readonly ceiling?: Ceiling | undefined;
}

type Pairs = (readonly [string, string])[];
type Recipe = {
  readonly encoder: string;
  readonly formats: RegExp;
  readonly gridded?: boolean;
  readonly options: (video: VideoStream, wishes: CodecWishes, programme: Programme) => Pairs;
};

const interlacedFlags = (video: VideoStream): Pairs => (video.interlaced ? [['flags', '+ildct+ilme']] : []);
const gop = (wishes: CodecWishes): Pairs => [['g', String(wishes.keyInterval)]];
const bFrames = (video: VideoStream, wishes: CodecWishes, most: number): Pairs => [
  ['bf', String(video.reorder > 0 && wishes.keyInterval > 1 ? most : 0)],
];

/** What ffprobe calls clock time stamps of pictures. */
export const STAMPED = 'SMPTE 12-1 timecode';
const X264_PROFILES: Readonly<Record<string, string>> = {
  Baseline: 'baseline',
  'Constrained Baseline': 'baseline',
  Main: 'main',
  High: 'high',
};

function x264(video: VideoStream, wishes: CodecWishes, programme: Programme): Pairs {
  const params = wishes.constantRate ? ['force-cfr=1'] : [];
  const broadcast = programme.container === 'mpegts';
  if (broadcast) params.push('aud=1', ...(video.level === undefined ? [] : [`level=${video.level}`]));
  // Room for clock time stamps in every picture.
  if (video.sideData.some((d) => d.type === STAMPED)) params.push('pic-struct=1');
  // Otherwise only the picture timing says it, and the order of the fields' counts says the opposite.
  if (video.interlaced && !video.topFieldFirst) params.push('bff=1');
  const profile = X264_PROFILES[video.profile ?? ''];
  const plain = /^yuvj?420p$/.test(video.geometry.format.name) && !(profile === 'baseline' && video.interlaced);
  return [
    ['preset', 'fast'],
    ['crf', String(wishes.quality ?? 15)],
    ...(profile && plain ? [['profile', profile] as const] : []),
    ...gop(wishes),
    ...(video.reorder === 0 || wishes.keyInterval === 1 ? [['bf', '0'] as const] : []),
    ...interlacedFlags(video),
    ...capped(levelCeiling(H264_LEVELS, programme), wishes.ceiling),
    ...(params.length > 0 ? [['x264-params', params.join(':')] as const] : []),
  ];
}

/** Codecs whose encoders here can state colour tags in the stream. */
const TAGGED = new Set(['h264', 'hevc', 'mpeg2video', 'vp9', 'prores', 'ffv1', 'dnxhd', 'mjpeg']);

/** Whether the colour tags of a picture stream survive: some older codecs have no place for them. */
export const keepsColourTags = (video: Pick<VideoStream, 'codec'>): boolean => TAGGED.has(video.codec);

const fieldsOf = (video: VideoStream, type: string): SideData['fields'] | undefined => video.sideData.find((d) => d.type === type)?.fields;

/** HDR10's static metadata in x265's words: primaries in units of 0.00002, luminance in units of 0.0001 cd/m². */
export function staticHdr(video: VideoStream): string[] {
  const mastering = fieldsOf(video, 'Mastering display metadata');
  const light = fieldsOf(video, 'Content light level metadata');
  const out: string[] = [];
  if (mastering) {
    const unit = (key: string, units: number): number => {
      const [num, den = 1] = String(mastering[key]).split('/').map(Number);
      return Math.round((num / den) * units);
    };
    const point = (letter: string, key: string): string => `${letter}(${unit(`${key}_x`, 50_000)},${unit(`${key}_y`, 50_000)})`;
    const points = point('G', 'green') + point('B', 'blue') + point('R', 'red') + point('WP', 'white_point');
    out.push(`master-display=${points}L(${unit('max_luminance', 10_000)},${unit('min_luminance', 10_000)})`);
  }
  if (light) out.push(`max-cll=${light['max_content']},${light['max_average']}`);
  return out;
}

function x265(video: VideoStream, wishes: CodecWishes, programme: Programme): Pairs {
  const params = ['log-level=error', ...staticHdr(video)];
  if (programme.container === 'mpegts') params.push('aud=1', 'repeat-headers=1');
  if (wishes.keyInterval === 1) params.push('keyint=1');
  if (video.reorder === 0) params.push('bframes=0');
  const limits = capped(levelCeiling(HEVC_LEVELS, programme), wishes.ceiling);
  return [['preset', 'fast'], ['crf', String(wishes.quality ?? 15)], ...gop(wishes), ...limits, ['x265-params', params.join(':')]];
}

/** Largest rate and buffer of MPEG-2 (ISO/IEC 13818-2, tables 8-12, 8-13, 8-14), so that quality does not break the level. */
function mpeg2Limits({ geometry, profile }: VideoStream): Ceiling {
  const high = geometry.height > 608;
  if (profile === '4:2:2' || geometry.format.chroma === '422') {
    return high ? { rate: 300e6, buffer: 47_185_920 } : { rate: 50e6, buffer: 9_437_184 };
  }
  return high ? { rate: 80e6, buffer: 9_781_248 } : { rate: 15e6, buffer: 1_835_008 };
}

/** SMPTE ST 386: MPEG-2 4:2:2 intra pictures with the lines of the blanking interval, in MXF. */
export const isD10 = ({ container, video }: Programme): boolean =>
  container === 'mxf' && video.codec === 'mpeg2video' && (video.geometry.height === 608 || video.geometry.height === 512);

/** Rates of D-10 in Mb/s; every frame has the one size that the rate gives, filled up by the encoder. */
const D10_RATES: readonly number[] = [30, 40, 50];

function d10(video: VideoStream): Pairs {
  const own = (video.bitRate ?? 50e6) / 1e6;
  const rate = `${D10_RATES.find((r) => own <= r + 1) ?? 50}M`;
  return [
    ...([['b', rate], ['minrate', rate], ['maxrate', rate], ['bufsize', '2000000'], ['rc_init_occupancy', '2000000']] as Pairs), // prettier-ignore
    ...([['qmin', '1'], ['qmax', '12'], ['ps', '1'], ['dc', '10'], ['intra_vlc', '1'], ['non_linear_quant', '1']] as Pairs), // prettier-ignore
    ...([['g', '1'], ['flags', '+ildct+low_delay'], ['top', video.topFieldFirst ? '1' : '0']] as Pairs), // prettier-ignore
  ];
}

function mpeg2(video: VideoStream, wishes: CodecWishes, programme: Programme): Pairs {
  if (isD10(programme)) return d10(video);
  const studio: Pairs =
    video.geometry.format.chroma === '422'
      ? [
          ['intra_vlc', '1'],
          ['non_linear_quant', '1'],
          ['qmax', '28'],
        ]
      : [];
  // A fixed quantiser under a ceiling would be good until the buffer is empty, then very bad; so rate control spreads what there is.
  const { ceiling } = wishes;
  const quantiser: Pairs = ceiling
    ? [
        ['b', String(ceiling.rate)],
        ['qmin', '2'],
        ['rc_init_occupancy', String(Math.floor(ceiling.buffer * 0.9))],
      ]
    : [['q', '2']];
  return [
    ...quantiser,
    ['dc', '10'],
    ...capped(mpeg2Limits(video), wishes.ceiling),
    ...studio,
    ...gop(wishes),
    ...bFrames(video, wishes, 2),
    ...interlacedFlags(video),
  ];
}

const simple = (video: VideoStream, wishes: CodecWishes): Pairs => [['q', '2'], ...gop(wishes), ...bFrames(video, wishes, 2)];

const mpeg4 = (video: VideoStream, wishes: CodecWishes): Pairs => [...simple(video, wishes), ...interlacedFlags(video)];

const vpx =
  (usual: number) =>
  (_: VideoStream, wishes: CodecWishes): Pairs => [
    ...([
      ['crf', String(wishes.quality ?? usual)],
      ['b', usual < 10 ? '200M' : '0'],
      ['deadline', 'good'],
      ['cpu-used', '3'],
    ] as Pairs),
    ...(usual < 10 ? [] : ([['row-mt', '1']] as Pairs)),
    ...gop(wishes),
  ];

const av1 = (_: VideoStream, wishes: CodecWishes): Pairs => [
  ['preset', '8'],
  ['crf', String(wishes.quality ?? 18)],
  ['svtav1-params', 'enable-overlays=0'],
  ...gop(wishes),
];

const PRORES: readonly string[] = ['Proxy', 'LT', 'Standard', 'HQ', '4444', 'XQ'];

function prores(video: VideoStream): Pairs {
  const profile = PRORES.indexOf(video.profile ?? 'HQ');
  return [['profile', String(profile < 0 ? 3 : profile)], ['vendor', 'apl0'], ...interlacedFlags(video)];
}

/** Rates of DNxHD in Mb/s (SMPTE ST 2019-1) for 720 and for 1080 lines; the encoder takes no others. */
const DNXHD_RATES: Readonly<Record<'small' | 'large', readonly number[]>> = {
  small: [60, 75, 90, 110, 120, 145, 180, 220],
  large: [36, 45, 75, 90, 115, 120, 145, 175, 185, 220, 240, 290, 365, 440],
};

function dnxhd(video: VideoStream): Pairs {
  const name = (video.profile ?? 'DNXHD').toLowerCase().replace(' ', '_');
  if (name !== 'dnxhd') return [['profile', name], ...interlacedFlags(video)];
  const rates = DNXHD_RATES[video.geometry.height <= 720 ? 'small' : 'large'];
  const own = (video.bitRate ?? 120e6) / 1e6;
  const nearest = rates.reduce((best, rate) => (Math.abs(rate - own) < Math.abs(best - own) ? rate : best));
  return [['profile', name], ['b', `${nearest}M`], ...interlacedFlags(video)];
}

/** Encoders by the codec of the source. `formats` are the layouts they take. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  h264: { encoder: 'libx264', formats: /^(yuvj?4(20|22|44)p|gray|yuv4(20|22|44)p10le|gray10le)$/, options: x264 },
  hevc: { encoder: 'libx265', formats: /^(yuvj?4(20|22|44)p|gray|(yuv4(20|22|44)p|gray)1[02]le)$/, options: x265 },
  mpeg2video: { encoder: 'mpeg2video', formats: /^yuv42[02]p$/, gridded: true, options: mpeg2 },
  mpeg1video: { encoder: 'mpeg1video', formats: /^yuv420p$/, gridded: true, options: simple },
  mpeg4: { encoder: 'mpeg4', formats: /^yuv420p$/, gridded: true, options: mpeg4 },
  vp8: { encoder: 'libvpx', formats: /^yuv420p$/, options: vpx(4) },
  vp9: { encoder: 'libvpx-vp9', formats: /^yuv4(20|22|44)p(1[02]le)?$/, options: vpx(12) },
  prores: { encoder: 'prores_ks', formats: /^yuv4(22|44)p10le$|^yuva?444p1[02]le$/, options: prores },
  dnxhd: { encoder: 'dnxhd', formats: /^yuv(422p|422p10le|444p10le)$/, options: dnxhd },
  mjpeg: {
    encoder: 'mjpeg',
    formats: /^yuvj4(20|22|44)p$/,
    options: () => [
      ['q', '2'],
      ['huffman', 'optimal'],
    ],
  },
  ffv1: {
    encoder: 'ffv1',
    formats: /^(yuvj?4(20|22|44)p|gray|(yuv4(20|22|44)p|gray)1[02]le|yuva4(20|22|44)p(10le)?)$/,
    options: () => [
      ['level', '3'],
      ['g', '1'],
    ],
  },
  av1: { encoder: 'libsvtav1', formats: /^yuv420p(10le)?$/, options: av1 },
  dvvideo: { encoder: 'dvvideo', formats: /^yuv42[02]p$/, options: () => [] },
  v210: { encoder: 'v210', formats: /^yuv422p10le$/, options: () => [] },
  rawvideo: { encoder: 'rawvideo', formats: /^yuv4(20|22|44)p(10le)?$/, options: () => [] },
  ffvhuff: { encoder: 'ffvhuff', formats: /^(yuv4(20|22|44)p(1[02]le)?|gray)$/, options: () => [] },
  huffyuv: { encoder: 'huffyuv', formats: /^yuv422p$/, options: () => [] },
  utvideo: { encoder: 'utvideo', formats: /^yuv4(20|22|44)p$/, options: () => [] },
};

/** Every encoder that a programme may need, with the codec it writes. */
export const ENCODERS: readonly { readonly codec: string; readonly encoder: string }[] = Object.entries(RECIPES).map(
  ([codec, { encoder }]) => ({ codec, encoder }),
);

/**
 * Only mjpeg insists on the names that imply full range; the others are told the range, and nothing is converted; uncompressed pictures may be packed.
 * ProRes 4444 is decoded to 12 bits but can only be encoded from 10, which is announced as a loss.
 */
function encodedFormat({ codec, geometry, pixFmt }: VideoStream): string {
  if (codec === 'rawvideo') return pixFmt;
  if (codec === 'mjpeg') return geometry.format.name;
  return codec === 'prores' ? pipedFormat(geometry).replace('12le', '10le') : pipedFormat(geometry);
}

/**
 * Chooses encoder and options so that the loss does not show: constant quality well above what the eye or a second generation
 * notices (CRF 15 for H.264 and HEVC, quantiser 2 for the MPEG family and MJPEG, the source's own profile for ProRes and
 * DNxHD, lossless stays lossless). Profile, layout, key frame distance, B-frames, fields and colour tags follow the source;
 * the level is left to the encoder, but in transport streams, where it stays at most what it was.
 *
 * @throws TextlessError `TEXTLESS_UNSUPPORTED` when there is no encoder for this codec or layout
 */
export function planCodec(programme: Programme, wishes: CodecWishes): CodecPlan {
  const { video } = programme;
  const recipe = RECIPES[video.codec];
  const pixFmt = video.geometry.format.name;
  const refuse = (what: string): never => {
    throw new TextlessError('TEXTLESS_UNSUPPORTED', `${programme.name} cannot be delivered: ${what}.`, `${video.codec} ${video.pixFmt}`);
  };
  if (!recipe) return refuse(`there is no encoder here for ${video.codec}`);
  if (!recipe.formats.test(pixFmt)) return refuse(`${recipe.encoder} cannot write ${pixFmt}`);
  if (recipe.gridded && toNumber(video.rate) > 120) return refuse(`${video.codec} cannot express ${toNumber(video.rate)} frames a second`);
  const options = [...recipe.options(video, wishes, programme), ...colourOptions(video.tags)];
  return { encoder: recipe.encoder, pixFmt: encodedFormat(video), options, gridded: recipe.gridded ?? false };
}
