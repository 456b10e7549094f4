-- Rows of one Parquet input under the names of the master table; row_id goes on from where the last input ended.
CREATE OR REPLACE VIEW parquet_rows AS
SELECT
  file_row_number + {{first_row_id}} AS row_id,
  file_row_number + 1 AS line,
  {{user_id}}::VARCHAR AS user_id,
  {{artist}}::VARCHAR AS artist,
  {{track}}::VARCHAR AS track,
  {{playlist}}::VARCHAR AS playlist,
  {{time}} AS time,
  CASE
    WHEN {{user_is_wanted}} AND trim(coalesce({{user_id}}::VARCHAR, '')) = '' THEN 'empty user_id'
    WHEN {{artist_is_wanted}} AND trim(coalesce({{artist}}::VARCHAR, '')) = '' THEN 'empty artist'
    WHEN trim(coalesce({{track}}::VARCHAR, '')) = '' THEN 'empty track'
    WHEN trim(coalesce({{playlist}}::VARCHAR, '')) = '' THEN 'empty playlist'
    WHEN contains(concat({{user_id}}::VARCHAR, {{artist}}::VARCHAR, {{track}}::VARCHAR, {{playlist}}::VARCHAR), chr(0))
      THEN 'NUL byte'
    WHEN {{time_is_wanted}} AND ({{time}}) IS NULL THEN 'not a time'
  END AS reason
FROM read_parquet({{path}}, file_row_number = true)
