import { describe } from 'vitest'
import { isLoop, longRun } from '../../kit/scale.ts'
import { randomKills } from './random.ts'
import { isThere, kills } from './suite.ts'

kills('mysql', isLoop ? ['there'] : ['there', 'backfills'], ['back', 'changes', 'opaque'])

// In an ordinary run MariaDB stands for both.
if (longRun) describe.skipIf(!isThere('mysql'))('mysql: a kill', () => randomKills('mysql'))
