import { describe } from 'vitest'
import { randomKills } from './random.ts'
import { isThere, kills } from './suite.ts'

kills('postgres', ['back', 'mixed'], ['there', 'changes', 'backfills'])

describe.skipIf(!isThere('postgres'))('postgres: a kill', () => randomKills('postgres'))
