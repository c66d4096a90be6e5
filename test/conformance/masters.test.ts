import { testKeeping } from './keeping.js';
import { MASTERS } from './rows.js';

testKeeping('masters', MASTERS);
