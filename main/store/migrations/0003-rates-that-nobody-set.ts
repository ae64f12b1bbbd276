/**
 * Profiles began with example prices that no site had named, and the form saved them with everything else. Where all five still stand
 * as they were put there, nobody set them: they go, and the price says that there are no rates. A site that charges exactly these
 * sets them again, once: this step runs once, and what is saved after it stays, whatever it is. The demo cluster keeps its example.
 */
export const sql = `
UPDATE documents SET value = json_set(value, '$.rates', NULL)
WHERE collection = 'clusters' AND CASE WHEN json_valid(value) THEN
  json_extract(value, '$.kind') = 'ssh' AND json_extract(value, '$.rates.currency') = 'USD' AND json_extract(value, '$.rates.nodeHour') = 0.5
  AND json_extract(value, '$.rates.memoryGbHour') = 0.01 AND json_extract(value, '$.rates.gpuHour') = 0.35 AND json_extract(value, '$.rates.coreHour') = 0
END;
`;
