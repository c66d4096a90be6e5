import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// The rooms of src/, each importing only from rooms before it (ARCHITECTURE.md).
const ROOMS = ['core', 'media', 'plan', 'inference', 'detect', 'restore', 'marks', 'job', 'service', 'operator', 'evaluate', 'cli'];
const gate = (name, file) => ({ name, message: `only ${file} may import ${name}` });
const GATES = [
  gate('fluent-ffmpeg', 'src/media/ffmpeg.ts'),
  gate('onnxruntime-node', 'src/inference/session.ts'),
  gate('tesseract.js', 'src/detect/reading/tesseract.ts'),
];

const roomRules = ROOMS.map((room, at) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: GATES,
        patterns: ROOMS.slice(at + 1).map((later) => ({
          group: [`**/${later}/**`],
          message: `${room}/ may not import from ${later}/: rooms import only from rooms before them`,
        })),
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'samples/out',
      'models/training',
      'src/detect/kernels/assembly',
      'src/restore/kernels/assembly',
      'test/service/write-faults.mjs',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 320 }],
      eqeqeq: 'error',
    },
  },
  ...roomRules,
  { files: ['src/media/ffmpeg.ts', 'src/inference/session.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
