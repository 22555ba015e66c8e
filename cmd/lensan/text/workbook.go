package text

// FilesWait tells an operator about files of a lane that people work by hand.
var FilesWait = Phrase{"{title}: {n} tệp cần tải lên bằng tay, trong {folder}.", "{title}: {n} files to upload by hand, in {folder}."}
