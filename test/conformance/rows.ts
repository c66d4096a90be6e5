/** One kind of file: how ffmpeg makes it, and what is to become of it. */
export interface Row {
  /** Its file name; the ending says the container. */
  readonly name: string;
  /** What makes it worth a row, for the table. */
  readonly what: string;
  /** Options of ffmpeg for the picture; sound and other streams follow with their inputs in `more`. */
  readonly codec: readonly string[];
  readonly format: string;
  readonly size?: string;
  readonly rate?: string;
  /** `tff` or `bff` for fields that show different moments. */
  readonly fields?: 'tff' | 'bff';
  /** Codec of the sound; none without. */
  readonly sound?: string;
  /** Further options of the output. */
  readonly more?: readonly string[];
  /** Filter after the fields were woven. */
  readonly filter?: string;
  /** Properties that may differ, and why; regular expressions over the names in facts.ts. */
  readonly differs?: Readonly<Record<string, string>>;
  /** What is lost, as the report says it. */
  readonly loses?: string;
  /** Why it is refused, as the message says it. */
  readonly refused?: string;
}

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16'];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '16', '-x265-params', 'log-level=error'];
const MPEG2 = ['-c:v', 'mpeg2video', '-q:v', '3', '-bf', '2', '-g', '12'];
const BT709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];
const PAL = ['-color_primaries', 'bt470bg', '-color_trc', 'gamma28', '-colorspace', 'bt470bg'];
const PQ = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
const HLG = ['-color_primaries', 'bt2020', '-color_trc', 'arib-std-b67', '-colorspace', 'bt2020nc'];
const DEEP = 'yuv420p10le';
const SD = '720x576';
const WIDE = 'setsar=64/45';

const OLD_TAGS = { '^picture\\.color_': 'the codec has no place for colour tags' };

export const TRANSPORT: readonly Row[] = [
  { name: 'h264.ts', what: 'H.264 High', codec: [...X264, ...BT709], format: 'yuv420p', sound: 'mp2' },
  { name: 'h264-tff.ts', what: 'H.264 MBAFF, 1080i style', codec: [...X264, '-flags', '+ildct+ilme'], format: 'yuv420p', fields: 'tff', sound: 'ac3' },
  { name: 'h264-bff.ts', what: 'H.264 MBAFF, bottom field first', codec: [...X264, '-flags', '+ildct+ilme', '-x264-params', 'bff=1'], format: 'yuv420p', fields: 'bff', sound: 'mp2' },
  { name: 'h264-422-10.ts', what: 'H.264 High 4:2:2, contribution', codec: X264, format: 'yuv422p10le', sound: 'mp2' },
  { name: 'hevc.ts', what: 'HEVC Main', codec: X265, format: 'yuv420p', sound: 'aac' },
  { name: 'hevc-10-hlg.ts', what: 'HEVC Main 10, HLG', codec: [...X265, ...HLG], format: DEEP, sound: 'ac3' },
  { name: 'mpeg2.ts', what: 'MPEG-2 Main', codec: MPEG2, format: 'yuv420p', sound: 'mp2' },
  { name: 'mpeg2-tff-wide.ts', what: 'MPEG-2, 576i, 16:9 by SAR', codec: [...MPEG2, '-flags', '+ildct+ilme', ...PAL], format: 'yuv420p', size: SD, fields: 'tff', filter: WIDE, sound: 'mp2' },
  { name: 'mpeg2-422.ts', what: 'MPEG-2 4:2:2', codec: [...MPEG2, '-b:v', '20M'], format: 'yuv422p', sound: 'mp2' },
  { name: 'h264-ntsc.ts', what: '29.97 frames a second', codec: X264, format: 'yuv420p', rate: '30000/1001', sound: 'ac3' },
  { name: 'h264-p50.ts', what: '50 frames a second', codec: X264, format: 'yuv420p', rate: '50', sound: 'mp2' },
  { name: 'h264-offset.ts', what: 'begins at 10 h of its clock', codec: X264, format: 'yuv420p', sound: 'mp2', more: ['-output_ts_offset', '36000'] },
  { name: 'h264-wrap.ts', what: 'the 33-bit clock wraps in the middle', codec: X264, format: 'yuv420p', sound: 'mp2', more: ['-output_ts_offset', '95442.8'] },
  { name: 'h264.m2ts', what: 'Blu-ray packets of 192 bytes', codec: X264, format: 'yuv420p', sound: 'ac3' },
]; // prettier-ignore

/** MXF and QuickTime, as studios and stations keep them. */
export const MASTERS: readonly Row[] = [
  { name: 'xdcam.mxf', what: 'XDCAM HD422 style, long GOP 4:2:2', codec: [...MPEG2, '-b:v', '20M', '-flags', '+ildct+ilme', ...BT709], format: 'yuv422p', size: '320x192', fields: 'tff', sound: 'pcm_s24le' },
  { name: 'dnxhd.mxf', what: 'DNxHD 36', codec: ['-c:v', 'dnxhd', '-b:v', '36M'], format: 'yuv422p', size: '1920x1080', sound: 'pcm_s16le' },
  { name: 'dnxhr.mxf', what: 'DNxHR HQX, 10 bits', codec: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hqx'], format: 'yuv422p10le', size: '256x128', sound: 'pcm_s24le' },
  { name: 'imx50.mxf', what: 'D-10 (IMX 50): frames of one exact size', codec: ['-c:v', 'mpeg2video', ...['-b:v', '50M', '-minrate', '50M', '-maxrate', '50M', '-bufsize', '2000000', '-rc_init_occupancy', '2000000'], ...['-g', '1', '-flags', '+ildct+low_delay', '-dc', '10', '-intra_vlc', '1', '-non_linear_quant', '1', '-ps', '1', '-qmin', '1', '-qmax', '12'], '-f', 'mxf_d10'], format: 'yuv422p', size: '720x608', fields: 'tff', sound: 'pcm_s24le', more: ['-ac', '4'] },
  { name: 'avci.mxf', what: 'H.264 Intra 4:2:2, 10 bits', codec: [...X264, '-g', '1', '-bf', '0'], format: 'yuv422p10le', sound: 'pcm_s24le' },
  { name: 'mpeg2-timecode.mxf', what: 'time code 10:00:00:00', codec: [...MPEG2, '-b:v', '8M'], format: 'yuv422p', size: '320x192', sound: 'pcm_s16le', more: ['-timecode', '10:00:00:00'] },
  { name: 'prores-hq.mov', what: 'ProRes 422 HQ', codec: ['-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0', ...BT709], format: 'yuv422p10le', sound: 'pcm_s24le' },
  { name: 'prores-lt-tff.mov', what: 'ProRes LT, interlaced', codec: ['-c:v', 'prores_ks', '-profile:v', '1', '-vendor', 'apl0', '-flags', '+ildct+ilme'], format: 'yuv422p10le', fields: 'tff', sound: 'pcm_s16le' },
  { name: 'prores-4444.mov', what: 'ProRes 4444 with alpha', codec: ['-c:v', 'prores_ks', '-profile:v', '4', '-vendor', 'apl0'], format: 'yuva444p10le', filter: "format=yuva444p10le,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='mod(8*X+32*N,1024)'", sound: 'pcm_s24le', loses: 'the two lowest of 12 bits cannot be written again' },
  { name: 'dnxhr.mov', what: 'DNxHR HQ', codec: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hq'], format: 'yuv422p', size: '256x128', sound: 'pcm_s16le' },
  { name: 'h264-dropframe.mov', what: '29.97, drop-frame time code', codec: X264, format: 'yuv420p', rate: '30000/1001', sound: 'pcm_s16le', more: ['-timecode', '01:00:00;02'] },
  { name: 'h264-film.mov', what: '23.976', codec: X264, format: 'yuv420p', rate: '24000/1001', sound: 'aac' },
  { name: 'h264-full.mov', what: 'full range', codec: [...X264, '-color_range', 'pc'], format: 'yuvj420p', sound: 'aac' },
  { name: 'mjpeg.mov', what: 'Motion JPEG 4:2:2', codec: ['-c:v', 'mjpeg', '-q:v', '3'], format: 'yuvj422p' },
  { name: 'v210.mov', what: 'uncompressed, 10 bits', codec: ['-c:v', 'v210'], format: 'yuv422p10le', sound: 'pcm_s24le' },
  { name: 'uyvy.mov', what: 'uncompressed, 8 bits', codec: ['-c:v', 'rawvideo'], format: 'uyvy422', sound: 'pcm_s16le' },
  { name: 'dv.mov', what: 'DV 25, 576i', codec: ['-c:v', 'dvvideo'], format: 'yuv420p', size: SD, fields: 'bff', filter: 'setsar=16/15', sound: 'pcm_s16le' },
]; // prettier-ignore

/** MP4, Matroska, WebM, and older kinds. */
export const FILES: readonly Row[] = [
  { name: 'h264.mp4', what: 'H.264 Main, edit list', codec: [...X264, '-profile:v', 'main'], format: 'yuv420p', sound: 'aac' },
  { name: 'h264-baseline.mp4', what: 'H.264 Constrained Baseline', codec: [...X264, '-profile:v', 'baseline'], format: 'yuv420p', sound: 'aac' },
  { name: 'h264-444.mp4', what: 'H.264 4:4:4', codec: X264, format: 'yuv444p', sound: 'aac' },
  { name: 'h264-10.mp4', what: 'H.264, 10 bits', codec: X264, format: DEEP },
  { name: 'hevc-hdr10.mp4', what: 'HDR10 with mastering display', codec: [...X265.slice(0, -1), 'log-level=error:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400', ...PQ, '-tag:v', 'hvc1'], format: DEEP, sound: 'aac' },
  { name: 'hevc-odd.mp4', what: 'odd width and height', codec: X265, format: 'yuv444p', filter: 'scale=191:127,setsar=1' },
  { name: 'hevc-sar.mp4', what: 'sample aspect 381:382', codec: X265, format: 'yuv420p', filter: 'setsar=381/382:max=1000' },
  { name: 'mpeg4.mp4', what: 'MPEG-4 part 2', codec: ['-c:v', 'mpeg4', '-q:v', '3'], format: 'yuv420p', sound: 'aac', differs: OLD_TAGS },
  { name: 'h264-vfr.mp4', what: 'varying frame rate', codec: [...X264, '-fps_mode', 'vfr', '-video_track_timescale', '90000'], format: 'yuv420p', sound: 'aac', filter: "select='not(eq(mod(n,5),3))'" },
  { name: 'av1.mp4', what: 'AV1', codec: ['-c:v', 'libsvtav1', '-preset', '8', '-crf', '20'], format: 'yuv420p', sound: 'aac' },
  { name: 'h264.mkv', what: 'H.264 with FLAC', codec: X264, format: 'yuv420p', sound: 'flac' },
  { name: 'hevc-12.mkv', what: 'HEVC 4:2:2, 12 bits', codec: X265, format: 'yuv422p12le', sound: 'flac' },
  { name: 'ffv1.mkv', what: 'FFV1, 10 bits, archive', codec: ['-c:v', 'ffv1', '-level', '3', '-g', '1'], format: 'yuv422p10le', sound: 'flac' },
  { name: 'ffv1-tff.mkv', what: 'FFV1, interlaced', codec: ['-c:v', 'ffv1', '-level', '3', '-g', '1'], format: 'yuv422p', fields: 'tff', sound: 'pcm_s16le' },
  { name: 'mpeg2.mkv', what: 'a DVD in Matroska', codec: [...MPEG2, '-flags', '+ildct+ilme'], format: 'yuv420p', size: SD, fields: 'tff', filter: WIDE, sound: 'ac3' },
  { name: 'vp9-10.webm', what: 'VP9 profile 2', codec: ['-c:v', 'libvpx-vp9', '-crf', '20', '-b:v', '0', '-cpu-used', '8'], format: DEEP, sound: 'libopus' },
  { name: 'vp9-alpha.webm', what: 'VP9 with alpha', codec: ['-c:v', 'libvpx-vp9'], format: 'yuva420p', refused: 'the transparency beside its pictures cannot be written again' },
  { name: 'vp8.webm', what: 'VP8', codec: ['-c:v', 'libvpx', '-b:v', '2M', '-cpu-used', '8'], format: 'yuv420p', sound: 'libvorbis' },
  { name: 'mpeg2.vob', what: 'programme stream of a DVD', codec: [...MPEG2, '-f', 'vob'], format: 'yuv420p', size: SD, filter: WIDE, sound: 'ac3' },
  { name: 'mpeg1.mpg', what: 'MPEG-1 system stream', codec: ['-c:v', 'mpeg1video', '-q:v', '3', '-f', 'mpeg'], format: 'yuv420p', sound: 'mp2' },
  { name: 'xvid.avi', what: 'MPEG-4 part 2 in AVI', codec: ['-c:v', 'mpeg4', '-vtag', 'XVID', '-q:v', '3'], format: 'yuv420p', sound: 'libmp3lame' },
  { name: 'dv.avi', what: 'DV 25 in AVI', codec: ['-c:v', 'dvvideo'], format: 'yuv420p', size: SD, fields: 'bff', filter: 'setsar=16/15', sound: 'pcm_s16le' },
  { name: 'h264.flv', what: 'Flash video', codec: X264, format: 'yuv420p', sound: 'aac' },
  { name: 'rgb.mkv', what: 'R\'G\'B\'', codec: ['-c:v', 'ffv1'], format: 'gbrp', refused: 'cannot be processed' },
  { name: 'wmv2.wmv', what: 'Windows Media 8', codec: ['-c:v', 'wmv2', '-q:v', '3'], format: 'yuv420p', sound: 'wmav2', refused: 'no encoder here for wmv2' },
]; // prettier-ignore

export const ROWS: readonly Row[] = [...TRANSPORT, ...MASTERS, ...FILES];
