import { TextlessError } from '../../core/errors.js';
import type { Hook } from '../../service/configuration/schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws TEXTLESS_CONFIG when a hook's variable is missing or empty, or its receiver cannot be spoken to */
export function assertHooks(hooks: readonly Hook[], env: Environment): void {
  const refuse = (what: string): never => {
    throw new TextlessError('TEXTLESS_CONFIG', what);
  };
  const seen = new Set<string>();
  for (const { url, secret } of hooks) {
    const { host, username, password } = new URL(url);
    if (seen.has(url)) refuse(`Two hooks post to the same place at ${host}: make one of them.`);
    if (username || password) refuse(`The hook to ${host} has a name or password in its address: use secret instead.`);
    if (secret && !env[secret]) refuse(`The environment variable ${secret} is not set, with which messages to ${host} are to be signed.`);
    seen.add(url);
  }
}

/** The key of a hook; undefined where its messages are not signed. @throws TEXTLESS_CONFIG */
export function secretOf(hook: Hook, env: Environment): string | undefined {
  assertHooks([hook], env);
  return hook.secret && env[hook.secret];
}
