import { describe } from 'vitest'
import { randomKills } from './random.ts'
import { isThere, kills } from './suite.ts'

kills('mariadb', ['changes', 'opaque'], ['there', 'back', 'backfills'])

describe.skipIf(!isThere('mariadb'))('mariadb: a kill', () => randomKills('mariadb'))
