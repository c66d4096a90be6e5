/** Names that programmes write while they copy, and that are never taken in: [Dagu's watch rules and what browsers, rsync and FTP servers use]. */
const UNFINISHED = /^\.|^~\$|\.(?:tmp|temp|part|partial|crdownload|download|filepart|!ut|aria2|lock)$/i;

/** Files that are told to be something else: companions, sidecars, reports of ours. */
const BESIDE = /\.(?:done|md5|textless\.yaml|report\.json)$/i;

/** Extensions of programmes. What is called otherwise is not opened, and stays where it is. */
const PROGRAMMES =
  /\.(?:mp4|m4v|mov|qt|3gp|3g2|mkv|webm|ts|m2ts|mts|trp|m2t|mpg|mpeg|m2v|mpv|vob|mxf|avi|flv|wmv|asf|ogv|nut|gxf|lxf|wtv|dv|dif|264|h264|265|hevc|y4m)$/i;

/** What a name says about a file in an in-folder. */
export type NameSays = 'programme' | 'unfinished' | 'beside' | 'other';

export function whatNameSays(name: string): NameSays {
  if (UNFINISHED.test(name)) return 'unfinished';
  if (BESIDE.test(name)) return 'beside';
  return PROGRAMMES.test(name) ? 'programme' : 'other';
}

/** A name as file systems compare it that do not tell case or Unicode forms apart. */
export const folded = (name: string): string => name.normalize('NFC').toLocaleLowerCase('en').normalize('NFC');
