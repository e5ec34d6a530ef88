-- The rows of one file of a foreign log. What is compared is text: a file may be a number in the log.
select {id}, {file}, {step}, {status}, {at}, {message}, {detail} from {table} where trim(cast({file} as text)) = {value}
