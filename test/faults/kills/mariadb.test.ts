import { describe } from 'vitest'
import { randomKills } from './random.ts'
import { isThere, kills } from './suite.ts'

kills('mariadb', ['back', 'changes', 'opaque'], ['there', 'backfills'])

describe.skipIf(!isThere('mariadb'))('mariadb: a kill', () => randomKills('mariadb'))
