import { describe } from 'vitest'
import { randomKills } from './random.ts'
import { isThere, kills } from './suite.ts'

kills('mariadb', ['there', 'back', 'changes', 'backfills', 'opaque'])

describe.skipIf(!isThere('mariadb'))('mariadb: a kill', () => randomKills('mariadb'))
