served -- 
x