import fc from 'fast-check'
import { afterAll } from 'vitest'
import { endFile } from './file-end.ts'

// One seed repeats every random test of a run: those of our own generators and those of fast-check.
const given = process.env.TEST_SEED
if (given !== undefined && /^\d+$/.test(given)) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) })

// vitest ends a worker by a signal, at which nothing is cleared away: as an exit, what waits for that is called.
if (process.listenerCount('SIGTERM') === 0) process.once('SIGTERM', () => process.exit())

afterAll(endFile, 120_000)
