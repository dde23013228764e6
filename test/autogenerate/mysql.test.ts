import { pairsOn } from './pairs/on-server.ts'

pairsOn('mysql', 'MySQL')
