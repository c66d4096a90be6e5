/** Where a network may compute, by ONNX Runtime's names of its execution providers. */
export const DEVICES = ['cpu', 'webgpu', 'cuda'] as const;

export type Device = (typeof DEVICES)[number];
