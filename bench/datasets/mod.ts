import { citiesDataset } from './cities.ts';
import type { Dataset } from './dataset.ts';
import { longDataset, smallDataset } from './generated.ts';
import { mixedDataset } from './mixed.ts';
import { wordnetDataset } from './wordnet.ts';

export type { Dataset } from './dataset.ts';

export const DATASETS = {
  cities: citiesDataset,
  wordnet: wordnetDataset,
  mixed: mixedDataset,
  small: smallDataset,
  long: longDataset,
} as const satisfies Record<string, (recordCountMax: number) => Dataset>;

export type DatasetName = keyof typeof DATASETS;
