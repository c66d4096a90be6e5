/**
 * Containers that hold a programme, in ffmpeg's demuxer names. Playlists (`hls`, `dash`, `concat`), image sequences, text and
 * devices are not among them: a file that pretends to be a programme must not make ffmpeg open other files or hosts.
 */
const CONTAINERS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,avi,mxf,flv,asf,ogg,nut,gxf,lxf,wtv,dv,ivf,h264,hevc,m4v,yuv4mpegpipe';

/** Largest width and height of a picture in samples. */
export const LARGEST_SIDE = 8192;
/** Most streams of a file; a whole multiplex has half as many. */
export const MOST_STREAMS = 256;

/** Options before every `-i FILE`: only local files, only these containers, long enough a look at the streams of a multiplex;
 * no more streams than one too many, and no picture is decoded that is larger than any we take. */
export const INPUT_GUARD: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  CONTAINERS,
  '-analyzeduration',
  '20M',
  '-probesize',
  '50M',
  '-max_streams',
  String(MOST_STREAMS + 1),
  '-max_pixels',
  String(LARGEST_SIDE ** 2),
];
