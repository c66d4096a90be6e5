import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { cancelled, TextlessError, throwIfCancelled } from '../../core/errors.js';
import { Watchdog } from '../../media/watchdog.js';
import { isLatin, type LanguageData } from './languages.js';

/** What the recogniser makes of one line. */
export interface ReadLine {
  readonly text: string;
  /** Its own estimate, 0 … 1. */
  readonly confidence: number;
}

/** One recogniser with its languages loaded. It reads one picture at a time. */
export interface Recogniser {
  /** @param png a dark line on white */
  read(png: Uint8Array): Promise<ReadLine>;
  /** Ends its thread. Safe to call again. */
  close(): Promise<void>;
}

/*
 * tesseract.js is used through its worker program, the part that does the work, and not through its `createWorker`: that takes all
 * languages from one folder (each is a package of its own here), never settles when a language cannot be loaded, lets errors of
 * the thread end the process, and does not hand out the thread before it is ready, so that it could not be ended.
 */
const PROGRAM = 'tesseract.js/src/worker-script/node/index.js';

/** LSTM networks only. */
const ENGINE = 1;
/**
 * Page segmentation: a single line (7) for Latin, a raw line (13) for others. The raw line begins some Latin lines with a quote that
 * is not there; the single line finds nothing at all in some Korean ones, and a block (6) is worse than both in Chinese.
 */
const SINGLE_LINE = '7';
const RAW_LINE = '13';
/** These signs are never in subtitles, and are what a lone I or a stray dot becomes. */
const PARAMETERS = { user_defined_dpi: '150', tessedit_char_blacklist: '|©®~_{}\\<>' };

interface Message {
  readonly jobId: string;
  readonly status: 'resolve' | 'reject' | 'progress';
  readonly data: unknown;
}

interface Waiting {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts a recogniser. Several languages are read together: for each word the most confident wins.
 * @throws TextlessError TEXTLESS_LANGUAGE when data is damaged, TEXTLESS_INFERENCE, TEXTLESS_CANCELLED
 */
export async function openRecogniser(languages: readonly LanguageData[], signal?: AbortSignal): Promise<Recogniser> {
  throwIfCancelled(signal);
  const thread = new RecogniserThread(signal);
  const codes = languages.map((l) => l.code);
  try {
    await thread.ask('load', { options: { lstmOnly: true, logging: false } });
    for (const { code, folder } of languages) {
      const options = { langPath: folder, gzip: true, cacheMethod: 'none', lstmOnly: true };
      await thread.ask('loadLanguage', { langs: [code], options });
    }
    await thread.ask('initialize', { langs: codes.join('+'), oem: ENGINE });
    const tessedit_pageseg_mode = languages.every((l) => isLatin(l.code)) ? SINGLE_LINE : RAW_LINE;
    await thread.ask('setParameters', { params: { ...PARAMETERS, tessedit_pageseg_mode } });
  } catch (error) {
    await thread.close();
    if (error instanceof TextlessError) throw error;
    throw new TextlessError('TEXTLESS_LANGUAGE', `The data to read ${codes.join(', ')} cannot be loaded.`, String(error), { cause: error });
  }
  return { read: (png) => read(thread, png), close: () => thread.close() };
}

async function read(thread: RecogniserThread, png: Uint8Array): Promise<ReadLine> {
  try {
    const page = (await thread.ask('recognize', { image: png, options: {}, output: { text: true } })) as {
      text: string;
      confidence: number;
    };
    return { text: page.text.trim(), confidence: page.confidence / 100 };
  } catch (error) {
    if (error instanceof TextlessError) throw error;
    throw new TextlessError('TEXTLESS_INFERENCE', 'The text recogniser failed.', String(error), { cause: error });
  }
}

/** The thread of the worker program, and the questions it still owes an answer. Whatever ends it, nobody waits in vain. */
class RecogniserThread {
  readonly #thread: Worker;
  readonly #waiting = new Map<string, Waiting>();
  readonly #dog = new Watchdog((reason) => void this.#end(reason), 'Reading text');
  readonly #cancel = (): void => void this.#end(cancelled(this.signal));
  #asked = 0;
  #over: TextlessError | undefined;

  constructor(private readonly signal?: AbortSignal) {
    // Its notes about the pictures' resolution are for nobody.
    this.#thread = new Worker(createRequire(import.meta.url).resolve(PROGRAM), { execArgv: [], stdout: true, stderr: true });
    this.#thread.stdout.resume();
    this.#thread.stderr.resume();
    this.#thread.on('message', (message: Message) => this.#hear(message));
    this.#thread.on('error', (cause) => void this.#end(died(String(cause), cause)));
    this.#thread.on('exit', (status) => void this.#end(died(`status ${status}`)));
    signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  ask(action: string, payload: object): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#over);
    const jobId = `${action}-${this.#asked++}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(jobId, { resolve, reject });
      this.#dog.wait();
      this.#thread.postMessage({ workerId: 'reading', jobId, action, payload });
    });
  }

  close(): Promise<void> {
    return this.#end(new TextlessError('TEXTLESS_INFERENCE', 'The text recogniser has been closed.'));
  }

  #hear({ jobId, status, data }: Message): void {
    const asked = this.#waiting.get(jobId);
    if (!asked || status === 'progress') return;
    this.#waiting.delete(jobId);
    if (!this.#waiting.size) this.#dog.rest();
    if (status === 'resolve') asked.resolve(data);
    else asked.reject(new Error(String(data)));
  }

  async #end(reason: TextlessError): Promise<void> {
    this.#over ??= reason;
    this.#dog.rest();
    this.signal?.removeEventListener('abort', this.#cancel);
    for (const { reject } of this.#waiting.values()) reject(this.#over);
    this.#waiting.clear();
    await this.#thread.terminate();
  }
}

const died = (detail: string, cause?: unknown): TextlessError =>
  new TextlessError('TEXTLESS_INFERENCE', 'The text recogniser ended unexpectedly.', detail, { cause });
