import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** What a file is, by name of the property; as ffprobe, not as our own code, sees it. */
export type Facts = Readonly<Record<string, string>>;

/** What ffprobe prints of a thing, as far as it is used here. */
type Json = Record<string, string | number | undefined>;
type Tags = Record<string, string>;
interface Packet {
  readonly stream_index: number;
  readonly pts?: number;
  readonly flags: string;
  readonly data_hash: string;
}
interface Probed {
  readonly packets: readonly Packet[];
  readonly streams: (Json & {
    index: number;
    codec_type: string;
    disposition: Record<string, number>;
    tags?: Tags;
    side_data_list?: Json[];
  })[];
  readonly chapters: Json[];
  readonly programs: (Json & { tags?: Tags })[];
  readonly format: Json & { tags?: Tags };
}

/** Properties of a coded picture that a viewer or another machine can tell apart; not its rate, level or number of reference frames. */
const PICTURE = ['codec_name', 'profile', 'codec_tag_string', 'width', 'height', 'sample_aspect_ratio', 'display_aspect_ratio', 'pix_fmt', 'color_range', 'color_space', 'color_transfer', 'color_primaries', 'chroma_location', 'field_order', 'r_frame_rate', 'time_base', 'start_pts', 'id']; // prettier-ignore
const OTHERS = ['codec_name', 'codec_tag_string', 'profile', 'sample_rate', 'sample_fmt', 'channels', 'channel_layout', 'time_base', 'start_pts', 'id']; // prettier-ignore
/** Tags that name the program that wrote a file, or count its bytes. */
const WRITER =
  /^(encoder|vendor_id|duration|number_of_|bps|_statistics|company_name|product_|application_platform|toolkit_version|software|modification_date|uid|generation_uid|material_package_umid|file_package_umid|file_package_name|material_package_name|operational_pattern_ul|reel_|minor_version|compatible_brands)/i;

/** Everything ffprobe can say of a file, in one call. */
const ASKED = '-show_streams -show_format -show_chapters -show_programs -show_packets -show_data_hash md5 -of json'.split(' ');
const ffprobe = (file: string): Probed =>
  JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...ASKED, file], { maxBuffer: 1 << 28 }).toString()) as Probed;

function tagsOf(tags: Tags = {}): [string, string][] {
  return Object.entries(tags).flatMap(([key, value]): [string, string][] =>
    WRITER.test(key) ? [] : [[`tag ${key.toLowerCase()}`, value]],
  );
}

const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);

/** Everything that is to stay in a file: pictures by their properties and times, the rest packet by packet. */
export function factsOf(file: string): Facts {
  const probed = ffprobe(file);
  const facts: Record<string, string> = { container: String(probed.format['format_name']), streams: String(probed.streams.length) };
  const set = (where: string, entries: readonly (readonly [string, string | number | undefined])[]): void => {
    for (const [key, value] of entries) if (value !== undefined) facts[`${where}.${key}`] = String(value);
  };
  set('file', tagsOf(probed.format.tags));
  const picture = probed.streams.find((s) => s.codec_type === 'video')!;
  for (const stream of probed.streams) {
    const mine = stream === picture;
    const where = mine ? 'picture' : `${stream.codec_type} ${stream.index}`;
    set(
      where,
      (mine ? PICTURE : OTHERS).map((key) => [key, stream[key]]),
    );
    set(where, [...tagsOf(stream.tags), ['dispositions', Object.keys(stream.disposition).filter((k) => stream.disposition[k]).join()]]); // prettier-ignore
    // 'CPB properties' are rates.
    for (const side of (stream.side_data_list ?? []).filter((d) => d['side_data_type'] !== 'CPB properties')) set(where, Object.entries(side).map(([k, v]) => [`${String(side['side_data_type'])} ${k}`, JSON.stringify(v)])); // prettier-ignore
    const packets = probed.packets.filter((p) => p.stream_index === stream.index);
    const lines = mine
      ? packets
          .map((p) => p.pts ?? NaN)
          .sort((x, y) => x - y)
          .map(String)
      : packets.map((p) => `${p.pts ?? 'N/A'},${p.data_hash}`);
    if (mine) set(where, [['each stands for itself', String(packets.every((p) => p.flags.startsWith('K')))]]);
    set(where, [['packets', lines.length], ['packets and their times', digest(lines)]]); // prettier-ignore
  }
  probed.chapters.forEach((c, i) => set(`chapter ${i}`, [['start', c['start_time']], ['end', c['end_time']]])); // prettier-ignore
  for (const p of probed.programs) set(`service ${String(p['program_num'])}`, [['pmt', p['pmt_pid']], ['pcr', p['pcr_pid']], ...tagsOf(p.tags)]); // prettier-ignore
  return facts;
}

/** Properties that differ, as sentences: `picture.profile: Main instead of High`. */
export function differences(source: Facts, delivered: Facts): { readonly property: string; readonly says: string }[] {
  const names = [...new Set([...Object.keys(source), ...Object.keys(delivered)])];
  const shown = (value?: string): string => value ?? 'nothing';
  return names
    .filter((name) => source[name] !== delivered[name])
    .map((property) => ({ property, says: `${property}: ${shown(delivered[property])} instead of ${shown(source[property])}` }));
}
