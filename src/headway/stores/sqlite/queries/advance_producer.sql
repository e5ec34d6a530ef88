-- Compare-and-set on the number of the batch before.
update producer set seq = ?, lease = ifnull(?, lease)
where job = ? and attempt = ? and producer = ? and seq = ?
