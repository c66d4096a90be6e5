import type { CodecPlan } from '../codec.js';

/** The encoder's options with some parameters of x264 added. */
export function withParameters(codec: CodecPlan, parameters: readonly string[]): CodecPlan {
  const given = codec.options.flatMap(([name, value]) => (name === 'x264-params' ? [value] : []));
  const others = codec.options.filter(([name]) => name !== 'x264-params');
  return { ...codec, options: [...others, ['x264-params', [...given, ...parameters].join(':')]] };
}
