import { testKeeping } from './keeping.js';
import { TRANSPORT } from './rows.js';

testKeeping('transport', TRANSPORT);
