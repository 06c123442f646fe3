/** `npm test` gives property tests the same cases each time, so that a change is judged by what it changed; `npm run hunt` gives them new ones. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['GATEHOUSE_SEED'] ?? 20_261_123) });
