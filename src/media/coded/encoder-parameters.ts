import type { CodecPlan } from '../codec.js';

/** The encoder's options with some parameters of x264 or x265 added. */
export function withParameters(codec: CodecPlan, parameters: readonly string[]): CodecPlan {
  const option = `${codec.encoder.replace('lib', '')}-params`;
  const given = codec.options.flatMap(([name, value]) => (name === option ? [value] : []));
  const others = codec.options.filter(([name]) => name !== option);
  return { ...codec, options: [...others, [option, [...given, ...parameters].join(':')]] };
}
