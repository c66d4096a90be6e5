import { statfs } from 'node:fs/promises';

/** A kind of file system. `network`: its changes on other machines cause no events here, and SQLite's locks cannot be relied on. */
export interface FileSystem {
  readonly name: string;
  readonly network: boolean;
  /** Its files are gone after a restart of the machine. */
  readonly fleeting: boolean;
}

/* The numbers of linux/magic.h and of file systems that state their own. */
const NETWORK = new Map<number, string>([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x01161970, 'GFS2'],
  [0x0bd00bd0, 'Lustre'],
  [0x7461636f, 'OCFS2'],
  [0x47504653, 'GPFS'],
]);
const LOCAL = new Map<number, string>([
  [0xef53, 'ext4'],
  [0x58465342, 'XFS'],
  [0x9123683e, 'Btrfs'],
  [0x2fc12fc1, 'ZFS'],
  [0x794c7630, 'overlay'],
  [0x4d44, 'FAT'],
  [0x2011bab0, 'exFAT'],
  [0x5346544e, 'NTFS'],
  [0xf2f52010, 'F2FS'],
]);
const FLEETING = new Map<number, string>([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

/** By the number that `statfs` gives; undefined for one that is not known. */
export function fileSystemOf(type: number): FileSystem | undefined {
  const number = type >>> 0; // some systems give it as a signed number
  const name = NETWORK.get(number) ?? LOCAL.get(number) ?? FLEETING.get(number);
  return name === undefined ? undefined : { name, network: NETWORK.has(number), fleeting: FLEETING.has(number) };
}

/** The file system of a place that is there. @throws the system's error */
export const fileSystemAt = async (place: string): Promise<FileSystem | undefined> => fileSystemOf((await statfs(place)).type);
