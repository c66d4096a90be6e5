import { OpenPes, type Carried } from './packetise.js';
import { makePesHead } from './packet.js';
import type { PlacedPicture } from './schedule.js';
import type { Survey } from './survey.js';

interface Waiting {
  readonly picture: PlacedPicture;
  readonly data: Uint8Array;
  pes: OpenPes | undefined;
  packets: number;
  sent: number;
}

/** New pictures on their way into packets, in order. */
export class Feed {
  readonly #queue: Waiting[] = [];
  #exhausted = false;

  constructor(
    private readonly pictures: AsyncIterator<PlacedPicture>,
    private readonly survey: Pick<Survey, 'pes' | 'packets'>,
  ) {}

  /** Whether it is unknown what is sent at the packet with this number, and until where. */
  lacks(number: number): boolean {
    const last = this.#queue.at(-1);
    return !this.#exhausted && (!last || last.picture.from <= number);
  }

  async fill(number: number): Promise<void> {
    while (this.lacks(number)) {
      const next = await this.pictures.next();
      if (next.done) {
        this.#exhausted = true;
        continue;
      }
      const { pts, dts, data } = next.value;
      const pes = Buffer.concat([makePesHead(this.survey.pes, pts, dts), data]);
      this.#queue.push({ picture: { ...next.value, data: new Uint8Array() }, data: pes, pes: undefined, packets: 0, sent: 0 });
    }
  }

  /** The picture that is sent at the packet with this number. */
  at(number: number): PlacedPicture | undefined {
    const head = this.#queue.at(0)?.picture;
    return head && head.from <= number ? head : undefined;
  }

  /**
   * Whether more of the picture is to be sent at this packet, so that it spreads over the packets until the next one begins.
   * @param marks see {@link next}
   */
  owes(number: number, marks: number): boolean {
    const head = this.#queue.at(0);
    if (!head || head.picture.from > number) return false;
    const to = this.#queue.at(1)?.picture.from ?? this.survey.packets;
    this.#open(head, marks);
    return number + 1 >= to || head.sent * (to - head.picture.from) < head.packets * (number + 1 - head.picture.from);
  }

  /**
   * The next packet of the first picture, and that picture when it ends with it.
   * @param marks flags of the adaptation field for a picture at which decoding can begin
   */
  next(marks: number, carried?: Carried): { readonly packet: Uint8Array; readonly ended: PlacedPicture | undefined } {
    const [head] = this.#queue;
    const pes = this.#open(head, marks);
    const packet = pes.next(carried);
    head.sent++;
    if (pes.left > 0) return { packet, ended: undefined };
    this.#queue.shift();
    return { packet, ended: head.picture };
  }

  #open(head: Waiting, marks: number): OpenPes {
    if (head.pes) return head.pes;
    head.pes = new OpenPes(head.data, head.picture.key ? marks : 0);
    head.packets = head.pes.left;
    return head.pes;
  }
}
