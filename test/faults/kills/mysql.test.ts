import { describe } from 'vitest'
import { randomKills } from './random.ts'
import { isThere, kills } from './suite.ts'

kills('mysql', ['there', 'backfills'], ['back', 'changes', 'opaque'])

describe.skipIf(!isThere('mysql'))('mysql: a kill', () => randomKills('mysql'))
