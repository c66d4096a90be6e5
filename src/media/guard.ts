/**
 * Containers that hold a programme, in ffmpeg's demuxer names. Playlists (`hls`, `dash`, `concat`), image sequences, text and
 * devices are not among them: a file that pretends to be a programme must not make ffmpeg open other files or hosts.
 */
const CONTAINERS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,avi,mxf,flv,asf,ogg,nut,gxf,lxf,wtv,dv,ivf,h264,hevc,m4v,yuv4mpegpipe';

/** Options before every `-i FILE`: only local files, only these containers, long enough a look at the streams of a multiplex. */
export const INPUT_GUARD: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  CONTAINERS,
  '-analyzeduration',
  '20M',
  '-probesize',
  '50M',
];
