// Loaded before the service and its workers: a share of the calls that write fail as a sick or full disk makes them fail.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [share, seed] = (process.env.TEXTLESS_TEST_FAULTS ?? '0 1').split(' ').map(Number);
let state = (seed * 7919 + process.pid) | 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 0) / 2 ** 32;
};
const fail = () => Object.assign(new Error('injected'), random() < 0.5 ? { code: 'ENOSPC', syscall: 'write', message: 'ENOSPC: no space left on device, write' } : { code: 'EIO', syscall: 'write', message: 'EIO: i/o error, write' }); // prettier-ignore

const { promises } = fs;
for (const name of ['rename', 'link', 'mkdir', 'rm', 'copyFile', 'unlink']) {
  const real = promises[name];
  promises[name] = (...args) => (random() < share ? Promise.reject(fail()) : real(...args));
}
const open = promises.open;
promises.open = async (file, flags, ...rest) => {
  const writes = typeof flags === 'string' && /[wa+]/.test(flags);
  if (writes && random() < share) throw fail();
  const handle = await open(file, flags, ...rest);
  for (const name of ['write', 'writeFile', 'appendFile', 'sync']) {
    const real = handle[name].bind(handle);
    handle[name] = (...args) => (random() < share ? Promise.reject(fail()) : real(...args));
  }
  return handle;
};
syncBuiltinESMExports();
