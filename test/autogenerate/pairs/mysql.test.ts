import { pairsOn } from './draw/on-server.ts'

pairsOn('mysql', 'MySQL')
