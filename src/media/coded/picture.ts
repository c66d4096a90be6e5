/** One coded picture, in decoding order. */
export interface CodedPicture {
  /** Ticks of the programme's picture time base. */
  readonly pts: number;
  readonly dts: number;
  /** Random access point (IDR, or I frame of a closed GOP). */
  readonly key: boolean;
  /** The access unit: for h264/hevc NAL units as in the carrier (`form`: 'annexb' start codes, or 'sized' with 4-byte lengths), for mpeg2video the bytes from its first header to its last slice. */
  readonly data: Uint8Array;
  /** Taken over from the source: what it carries is in it. */
  readonly kept?: boolean;
}
