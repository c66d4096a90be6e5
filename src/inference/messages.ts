/** What a worker is told, in this order: one `open`, then any number of tasks. */
export type ToWorker<Setup, Task> =
  { readonly kind: 'open'; readonly setup: Setup } | { readonly kind: 'task'; readonly id: number; readonly task: Task };

/** What a worker says: `ready` once, then an answer a task. `failed` stands for either. */
export type FromWorker<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | {
      readonly kind: 'failed';
      readonly id?: number;
      readonly code: 'TEXTLESS_MODEL' | 'TEXTLESS_DEVICE' | 'TEXTLESS_INFERENCE';
      readonly message: string;
      readonly detail: string;
    };
