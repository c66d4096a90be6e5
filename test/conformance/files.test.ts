import { testKeeping } from './keeping.js';
import { FILES } from './rows.js';

testKeeping('files', FILES);
